//! Plain readings as line protocol of InfluxDB, each with the digest of its content.
//!
//! It stands in for `store.telemetry.plain`, whose answers these equal.

use std::collections::HashMap;

use blake2::digest::consts::U8;
use blake2::{Blake2b, Digest};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDateTime, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyTzInfo};

use crate::instants;

#[derive(Clone, Copy, PartialEq)]
enum Type {
    Float,
    Int,
    Bool,
}

struct Metric {
    name: Py<PyString>,
    text: String,
    /// None of texts and of odd names: they have to be escaped.
    type_: Option<Type>,
}

struct Kind {
    /// What a line begins with: `streetlight,device=`.
    head: Vec<u8>,
    metrics: Vec<Metric>,
    /// Places in `metrics`, in the order of names.
    ranked: Vec<usize>,
}

/// What is said of a value, as the digest wants it and as a line wants it.
#[derive(Clone, Default)]
struct Said {
    there: bool,
    content: String,
    field: String,
}

/// Writes plain readings of all kinds.
#[pyclass(frozen, module = "quanyan_native")]
pub struct Lines {
    kinds: HashMap<String, Kind>,
}

#[pymethods]
impl Lines {
    /// `types` holds name and type, as of `domain.kind.ValueType`, of the metrics of each kind.
    #[new]
    fn new(py: Python<'_>, types: HashMap<String, Vec<(String, String)>>) -> Self {
        let plain = types.into_iter().filter(|(name, _)| simple(name));
        Self { kinds: plain.map(|(name, metrics)| (name.clone(), Kind::new(py, &name, metrics))).collect() }
    }

    /// Return the digest of the content and the line of each reading; `None` for those that are not plain.
    fn plains<'py>(&self, readings: &Bound<'py, PyList>) -> PyResult<Bound<'py, PyList>> {
        let py = readings.py();
        let mut room = Room { utc: PyTzInfo::utc(py)?.to_owned(), received: None, said: vec![], text: vec![] };
        let found = PyList::empty(py);
        for reading in readings {
            match self.plain(&reading, &mut room)? {
                Some(plain) => found.append(plain)?,
                None => found.append(py.None())?,
            }
        }
        Ok(found)
    }
}

/// What is used again for each reading.
struct Room<'py> {
    utc: Bound<'py, PyTzInfo>,
    /// The last arrival and its microseconds: what came together has the same.
    received: Option<(Bound<'py, PyAny>, i64)>,
    said: Vec<Said>,
    text: Vec<u8>,
}

impl<'py> Room<'py> {
    fn received(&mut self, at: Bound<'py, PyAny>) -> Option<i64> {
        if let Some((known, micros)) = &self.received
            && known.is(&at)
        {
            return Some(*micros);
        }
        let micros = instants::micros(at.cast::<PyDateTime>().ok()?, &self.utc)?;
        self.received = Some((at, micros));
        Some(micros)
    }
}

impl Lines {
    fn plain<'py>(
        &self,
        reading: &Bound<'py, PyAny>,
        room: &mut Room<'py>,
    ) -> PyResult<Option<(i64, Bound<'py, PyString>)>> {
        let py = reading.py();
        let (kind, device) = (reading.getattr(intern!(py, "kind"))?, reading.getattr(intern!(py, "device"))?);
        let Some(kind) = kind.cast::<PyString>()?.to_str().ok().and_then(|name| self.kinds.get(name)) else {
            return Ok(None);
        };
        let Some(device) = tag(device.cast::<PyString>()?) else { return Ok(None) };
        if !ordinary(reading)? {
            return Ok(None);
        }
        let values = reading.getattr(intern!(py, "values"))?;
        let Ok(values) = values.cast::<PyDict>() else { return Ok(None) };
        let Some(order) = kind.said(values, &mut room.said) else { return Ok(None) };
        let Some(seq) = seq(&reading.getattr(intern!(py, "seq"))?) else { return Ok(None) };
        let at = reading.getattr(intern!(py, "at"))?;
        let Some(at) = at.cast::<PyDateTime>().ok().and_then(|at| instants::micros(at, &room.utc)) else {
            return Ok(None);
        };
        let Some(received) = room.received(reading.getattr(intern!(py, "received"))?) else { return Ok(None) };
        let content = kind.digest(&room.said, &mut room.text);
        room.text.clear();
        let line = &mut room.text;
        line.extend_from_slice(&kind.head);
        line.extend_from_slice(device.as_bytes());
        for (n, place) in order.iter().enumerate() {
            line.push(if n == 0 { b' ' } else { b',' });
            line.extend_from_slice(kind.metrics[*place].text.as_bytes());
            line.push(b'=');
            line.extend_from_slice(room.said[*place].field.as_bytes());
        }
        number(line, b",content=", content);
        number(line, b"i,received=", received);
        if let Some(seq) = seq {
            number(line, b"i,seq=", seq);
        }
        number(line, b"i ", at);
        Ok(Some((content, PyString::from_bytes(py, line)?)))
    }
}

impl Kind {
    fn new(py: Python<'_>, name: &str, metrics: Vec<(String, String)>) -> Self {
        let mut ranked: Vec<usize> = (0..metrics.len()).collect();
        ranked.sort_by_key(|n| metrics[*n].0.clone());
        let metrics = metrics.into_iter().map(|(name, type_)| {
            let type_ = match type_.as_str() {
                _ if !simple(&name) => None,
                "float" => Some(Type::Float),
                "int" => Some(Type::Int),
                "bool" => Some(Type::Bool),
                _ => None,
            };
            Metric { name: PyString::intern(py, &name).unbind(), text: name, type_ }
        });
        Self { head: format!("{name},device=").into_bytes(), metrics: metrics.collect(), ranked }
    }

    /// Fills `said` by the places of metrics; return these places in the order of the values.
    fn said(&self, values: &Bound<'_, PyDict>, said: &mut Vec<Said>) -> Option<Vec<usize>> {
        said.resize(self.metrics.len(), Said::default());
        said.iter_mut().for_each(|one| one.there = false);
        let mut order = Vec::with_capacity(values.len());
        for (name, value) in values {
            let expected = order.last().map_or(0, |last| last + 1);
            let place = self.place(&name, expected)?;
            said[place].say(self.metrics[place].type_?, &value)?;
            order.push(place);
        }
        (!order.is_empty()).then_some(order)
    }

    /// Where a metric is, looked for from `expected` on: values come in the order of the kind.
    fn place(&self, name: &Bound<'_, PyAny>, expected: usize) -> Option<usize> {
        let count = self.metrics.len();
        let found = (expected..count + expected).map(|n| n % count).find(|n| self.metrics[*n].name.is(name));
        found.or_else(|| {
            let text = name.cast::<PyString>().ok()?.to_str().ok()?;
            self.metrics.iter().position(|metric| metric.text == text)
        })
    }

    /// `Reading.content` of the values that are there.
    fn digest(&self, said: &[Said], text: &mut Vec<u8>) -> i64 {
        text.clear();
        text.extend_from_slice(b"([");
        for place in self.ranked.iter().filter(|n| said[**n].there) {
            if text.len() > 2 {
                text.extend_from_slice(b", ");
            }
            text.extend_from_slice(b"('");
            text.extend_from_slice(self.metrics[*place].text.as_bytes());
            text.extend_from_slice(b"', ");
            text.extend_from_slice(said[*place].content.as_bytes());
            text.push(b')');
        }
        text.extend_from_slice(b"], [], [])");
        i64::from_be_bytes(Blake2b::<U8>::digest(text).into())
    }
}

impl Said {
    fn say(&mut self, type_: Type, value: &Bound<'_, PyAny>) -> Option<()> {
        self.there = true;
        self.content.clear();
        self.field.clear();
        match type_ {
            Type::Float => {
                let number = value.cast_exact::<PyFloat>().ok()?.value();
                // Beyond these Python writes an exponent.
                let fixed = (1e-4..1e16).contains(&number.abs()) || (number == 0.0 && number.is_sign_positive());
                self.content.push_str(ryu::Buffer::new().format_finite(if fixed { number } else { return None }));
                self.field.push_str(&self.content);
                Some(())
            }
            Type::Int => {
                let number: i64 = value.cast_exact::<PyInt>().ok()?.extract().ok()?;
                self.content.push_str(itoa::Buffer::new().format(number));
                self.field.push_str(&self.content);
                self.field.push('i');
                Some(())
            }
            Type::Bool => {
                let yes = value.cast_exact::<PyBool>().ok()?.is_true();
                self.content.push_str(if yes { "True" } else { "False" });
                self.field.push_str(if yes { "true" } else { "false" });
                Some(())
            }
        }
    }
}

fn number(line: &mut Vec<u8>, before: &[u8], number: i64) {
    line.extend_from_slice(before);
    line.extend_from_slice(itoa::Buffer::new().format(number).as_bytes());
}

/// Whether a reading is of revision 0, without faults and events, and not sent late on purpose.
fn ordinary(reading: &Bound<'_, PyAny>) -> PyResult<bool> {
    let py = reading.py();
    let none = |name| -> PyResult<bool> { Ok(reading.getattr(name)?.cast::<PyTuple>().is_ok_and(|t| t.is_empty())) };
    Ok(none(intern!(py, "faults"))?
        && none(intern!(py, "events"))?
        && reading.getattr(intern!(py, "revision"))?.extract().is_ok_and(|n: i64| n == 0)
        && reading.getattr(intern!(py, "backfill"))?.cast::<PyBool>().is_ok_and(|b| !b.is_true()))
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

/// A number of 64 bits or no number; `None` of anything else.
fn seq(seq: &Bound<'_, PyAny>) -> Option<Option<i64>> {
    if seq.is_none() { Some(None) } else { seq.extract().ok().map(Some) }
}
