//! Plain readings as line protocol of InfluxDB, each with the digest of its content.
//!
//! It stands in for `store.telemetry.plain`, whose answers these equal.

use std::collections::HashMap;

use blake2::digest::consts::U8;
use blake2::{Blake2b, Digest};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyString};

use crate::reading::{Metrics, Reader, Type, Types, Value, breathe, of_kind};

struct Kind {
    /// What a line begins with: `streetlight,device=`.
    head: Vec<u8>,
    metrics: Metrics,
    /// The places of metrics, in the order of their names.
    ranked: Vec<usize>,
}

/// What is used again for each reading.
struct Room<'py> {
    reader: Reader<'py>,
    values: Vec<(usize, Value)>,
    /// How values are written, by the place of their metric; empty of those that are not there.
    said: Vec<String>,
    text: Vec<u8>,
}

/// Writes plain readings of all kinds.
#[pyclass(frozen, module = "quanyan_native")]
pub struct Lines {
    kinds: HashMap<String, Kind>,
}

#[pymethods]
impl Lines {
    #[new]
    fn new(py: Python<'_>, types: Types) -> PyResult<Self> {
        let plain = types.into_iter().filter(|(name, _)| simple(name));
        let kinds = plain.map(|(name, metrics)| Ok((name.clone(), Kind::new(py, &name, metrics)?)));
        Ok(Self { kinds: kinds.collect::<PyResult<_>>()? })
    }

    /// Return the digest of the content and the line of each reading; `None` for those that are not plain.
    fn plains<'py>(&self, readings: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
        let py = readings.py();
        let mut room = Room { reader: Reader::new(py)?, values: vec![], said: vec![], text: vec![] };
        let found = PyList::empty(py);
        for (n, reading) in readings.iter().enumerate() {
            breathe(py, n + 1);
            match self.plain(&reading, &mut room)? {
                Some(plain) => found.append(plain)?,
                None => found.append(py.None())?,
            }
        }
        Ok(found)
    }
}

impl Lines {
    fn plain<'py>(
        &self,
        reading: &Bound<'py, PyAny>,
        room: &mut Room<'py>,
    ) -> PyResult<Option<(i64, Bound<'py, PyString>)>> {
        let Some((_, kind)) = of_kind(&self.kinds, reading)? else { return Ok(None) };
        let Some(plain) = room.reader.read(reading)? else { return Ok(None) };
        if !kind.metrics.read(reading, &mut room.values)? || !kind.write_values(room) {
            return Ok(None);
        }
        let Some(device) = tag(&plain.device) else { return Ok(None) };
        let content = kind.digest(room);
        let line = &mut room.text;
        line.clear();
        line.extend_from_slice(&kind.head);
        line.extend_from_slice(device.as_bytes());
        for (n, (place, value)) in room.values.iter().enumerate() {
            line.push(if n == 0 { b' ' } else { b',' });
            line.extend_from_slice(kind.metrics.0[*place].text.as_bytes());
            line.push(b'=');
            match value {
                Value::Bool(yes) => line.extend_from_slice(if *yes { b"true" } else { b"false" }),
                _ => line.extend_from_slice(room.said[*place].as_bytes()),
            }
            if let Value::Int(_) = value {
                line.push(b'i');
            }
        }
        number(line, b",content=", content);
        number(line, b"i,received=", plain.received);
        if let Some(seq) = plain.seq {
            number(line, b"i,seq=", seq);
        }
        number(line, b"i ", plain.at);
        Ok(Some((content, PyString::from_bytes(reading.py(), line)?)))
    }
}

impl Kind {
    fn new(py: Python<'_>, name: &str, metrics: Vec<(String, String)>) -> PyResult<Self> {
        let mut ranked: Vec<usize> = (0..metrics.len()).collect();
        ranked.sort_by_key(|n| metrics[*n].0.clone());
        let mut metrics = Metrics::new(py, metrics)?;
        for metric in metrics.0.iter_mut().filter(|metric| !simple(&metric.text)) {
            metric.type_ = Type::Text; // a name to be escaped is never plain either
        }
        Ok(Self { head: format!("{name},device=").into_bytes(), metrics, ranked })
    }

    /// Writes the values as Python's `repr` does; false when one of them would have an exponent.
    fn write_values(&self, room: &mut Room<'_>) -> bool {
        room.said.resize(self.metrics.0.len(), String::new());
        room.said.iter_mut().for_each(String::clear);
        room.values.iter().all(|(place, value)| {
            let said = &mut room.said[*place];
            match *value {
                Value::Float(number) => {
                    said.push_str(ryu::Buffer::new().format_finite(number));
                    number == 0.0 || (1e-4..1e16).contains(&number.abs())
                }
                Value::Int(number) => {
                    said.push_str(itoa::Buffer::new().format(number));
                    true
                }
                Value::Bool(yes) => {
                    said.push_str(if yes { "True" } else { "False" });
                    true
                }
            }
        })
    }

    /// `Reading.content` of the values that are there.
    fn digest(&self, room: &mut Room<'_>) -> i64 {
        let text = &mut room.text;
        text.clear();
        text.extend_from_slice(b"([");
        for place in self.ranked.iter().filter(|n| !room.said[**n].is_empty()) {
            if text.len() > 2 {
                text.extend_from_slice(b", ");
            }
            text.extend_from_slice(b"('");
            text.extend_from_slice(self.metrics.0[*place].text.as_bytes());
            text.extend_from_slice(b"', ");
            text.extend_from_slice(room.said[*place].as_bytes());
            text.push(b')');
        }
        text.extend_from_slice(b"], [], [])");
        i64::from_be_bytes(Blake2b::<U8>::digest(text).into())
    }
}

fn number(line: &mut Vec<u8>, before: &[u8], number: i64) {
    line.extend_from_slice(before);
    line.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Whether a name of a kind or a metric stands for itself in a line and in a `repr`.
fn simple(name: &str) -> bool {
    name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
}

/// A device as the value of a tag; `None` of one that has to be escaped or cannot be one.
fn tag<'a>(device: &'a Bound<'_, PyString>) -> Option<&'a str> {
    let id = device.to_str().ok()?;
    let plain = |b: u8| b.is_ascii_graphic() && !matches!(b, b',' | b'=' | b'\\');
    (!id.is_empty() && id.bytes().all(plain)).then_some(id)
}
