//! Payloads of the house format, straight into graded readings, where every reading of a delivery is plain.
//!
//! It stands in for `ingest.wire` and `ingest.grade`, whose answers these equal.

use jiter::{Jiter, NumberAny, NumberInt, Peek};
use pyo3::ffi;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDict, PyFloat, PyInt, PyList, PyString, PyTuple, PyType, PyTzInfo};

use crate::instants;
use crate::reading::Type;

/// Integers up to here are floats without rounding.
const EXACT: i64 = 1 << 53;
/// Characters of a device id (`ingest.wire.MAX_NAME`) and of a text (`MAX_TEXT`).
const NAME: usize = 64;
const TEXT: usize = 256;

struct Metric {
    name: Py<PyString>,
    bytes: Vec<u8>,
    type_: Type,
    lowest: f64,
    highest: f64,
}

impl Metric {
    fn new(py: Python<'_>, (name, type_, lowest, highest): Said) -> PyResult<Self> {
        let type_ = Type::named(&type_)?;
        Ok(Self {
            name: PyString::intern(py, &name).unbind(),
            bytes: name.into_bytes(),
            type_,
            lowest: lowest.unwrap_or(f64::NEG_INFINITY),
            highest: highest.unwrap_or(f64::INFINITY),
        })
    }

    /// The next value if it is one of this metric.
    fn value<'py>(&self, py: Python<'py>, json: &mut Jiter<'_>) -> Option<Bound<'py, PyAny>> {
        match self.type_ {
            Type::Float => {
                let number = match json.next_number().ok()? {
                    NumberAny::Float(f) => f,
                    NumberAny::Int(NumberInt::Int(i)) if (-EXACT..=EXACT).contains(&i) => i as f64,
                    NumberAny::Int(_) => return None,
                };
                let zero = number == 0.0 && number.is_sign_negative();
                (number.is_finite() && !zero && self.allows(number)).then(|| PyFloat::new(py, number).into_any())
            }
            Type::Int => match json.next_number().ok()? {
                NumberAny::Int(NumberInt::Int(i)) if (-EXACT..=EXACT).contains(&i) && self.allows(i as f64) => {
                    Some(PyInt::new(py, i).into_any())
                }
                _ => None,
            },
            Type::Bool => Some(PyBool::new(py, json.next_bool().ok()?).to_owned().into_any()),
            Type::Text => {
                let text = json.next_str().ok()?;
                (text.len() <= TEXT).then(|| PyString::new(py, text).into_any())
            }
        }
    }

    fn allows(&self, number: f64) -> bool {
        self.lowest <= number && number <= self.highest
    }
}

/// Name, type as of `domain.kind.ValueType`, lowest and highest of a metric.
type Said = (String, String, Option<f64>, Option<f64>);

/// What the readings of a delivery are held against.
struct Against<'a, 'py> {
    /// The device that the topic names, when it names one.
    device: Option<&'a Bound<'py, PyString>>,
    /// The devices of the kind that the register knows, each by itself: what it holds already need not be held again.
    ids: &'a Bound<'py, PyDict>,
    arrival: &'a Bound<'py, PyAny>,
    /// The earliest and the latest instant, microseconds since 1970.
    span: (i64, i64),
    utc: Bound<'py, PyTzInfo>,
}

/// What was read of one reading; every field at most once.
#[derive(Default)]
struct Found<'py> {
    device: Option<Bound<'py, PyString>>,
    at: Option<i64>,
    values: Option<Bound<'py, PyDict>>,
    seq: Option<i64>,
    backfill: Option<bool>,
}

/// Reads payloads of one kind.
#[pyclass(frozen, module = "quanyan_native")]
pub struct Wire {
    reading: Py<PyType>,
    kind: Py<PyString>,
    metrics: Vec<Metric>,
}

#[pymethods]
impl Wire {
    /// `reading` is `domain.reading.Reading`; `metrics` are those of the kind, in their order.
    #[new]
    fn new(py: Python<'_>, reading: Py<PyType>, kind: &str, metrics: Vec<Said>) -> PyResult<Self> {
        let metrics = metrics.into_iter().map(|said| Metric::new(py, said)).collect::<PyResult<_>>()?;
        Ok(Self { reading, kind: PyString::intern(py, kind).unbind(), metrics })
    }

    /// Return the reading of a payload in a list; `None` when it is not plain, or not in order.
    fn one<'py>(
        &self,
        payload: &[u8],
        device: &Bound<'py, PyString>,
        ids: &Bound<'py, PyDict>,
        arrival: &Bound<'py, PyAny>,
        span: (i64, i64),
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        let py = device.py();
        let against = Against { device: Some(device), ids, arrival, span, utc: PyTzInfo::utc(py)?.to_owned() };
        let mut json = Jiter::new(payload);
        let reading = self.reading(&mut json, &against, &mut Vec::new())?.filter(|_| json.finish().is_ok());
        reading.map(|reading| PyList::new(py, [reading])).transpose()
    }

    /// Return the readings of a batch; `None` when one is not plain or not in order, or they are none or over `most`.
    fn many<'py>(
        &self,
        payload: &[u8],
        ids: &Bound<'py, PyDict>,
        arrival: &Bound<'py, PyAny>,
        span: (i64, i64),
        most: usize,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        let py = ids.py();
        let against = Against { device: None, ids, arrival, span, utc: PyTzInfo::utc(py)?.to_owned() };
        let readings = PyList::empty(py);
        let mut json = Jiter::new(payload);
        let whole = self.batch(&mut json, &against, &readings)?.is_some() && json.finish().is_ok();
        Ok((whole && (1..=most).contains(&readings.len())).then_some(readings))
    }
}

impl Wire {
    fn batch(&self, json: &mut Jiter<'_>, against: &Against<'_, '_>, into: &Bound<'_, PyList>) -> PyResult<Option<()>> {
        if !matches!(json.next_object_bytes(), Ok(Some(b"readings"))) {
            return Ok(None);
        }
        let mut values = Vec::new();
        let mut next = json.next_array();
        while let Ok(Some(Peek::Object)) = next {
            let Some(reading) = self.reading(json, against, &mut values)? else { return Ok(None) };
            into.append(reading)?;
            next = json.array_step();
        }
        Ok((matches!(next, Ok(None)) && matches!(json.next_key_bytes(), Ok(None))).then_some(()))
    }

    /// The next object as a graded reading. `values` is room that is used again.
    fn reading<'py>(
        &self,
        json: &mut Jiter<'_>,
        against: &Against<'_, 'py>,
        values: &mut Vec<Option<Bound<'py, PyAny>>>,
    ) -> PyResult<Option<Bound<'py, PyAny>>> {
        let Some(found) = self.found(json, against, values)? else { return Ok(None) };
        let Found { device: Some(device), at: Some(at), values: Some(values), .. } = found else { return Ok(None) };
        let (earliest, latest) = against.span;
        if at < earliest || latest < at {
            return Ok(None);
        }
        let Some(device) = against.ids.get_item(device)? else { return Ok(None) };
        let py = device.py();
        let reading = blank(self.reading.bind(py))?;
        reading.setattr(intern!(py, "device"), device)?;
        reading.setattr(intern!(py, "kind"), &self.kind)?;
        reading.setattr(intern!(py, "at"), instants::datetime(&against.utc, at)?)?;
        reading.setattr(intern!(py, "received"), against.arrival)?;
        reading.setattr(intern!(py, "values"), values)?;
        reading.setattr(intern!(py, "faults"), PyTuple::empty(py))?;
        reading.setattr(intern!(py, "events"), PyTuple::empty(py))?;
        reading.setattr(intern!(py, "seq"), found.seq)?;
        reading.setattr(intern!(py, "revision"), 0)?;
        reading.setattr(intern!(py, "backfill"), found.backfill.unwrap_or(false))?;
        Ok(Some(reading))
    }

    fn found<'py>(
        &self,
        json: &mut Jiter<'_>,
        against: &Against<'_, 'py>,
        values: &mut Vec<Option<Bound<'py, PyAny>>>,
    ) -> PyResult<Option<Found<'py>>> {
        let mut found = Found::default();
        let mut name = json.next_object_bytes();
        while let Ok(Some(field)) = name {
            let plain = match field {
                b"device" => once(&mut found.device, device(json, against)),
                b"at" => once(&mut found.at, json.next_bytes().ok().and_then(instants::parsed)),
                b"seq" => once(&mut found.seq, seq(json)),
                b"values" => once(&mut found.values, self.values(json, against.utc.py(), values)?),
                b"backfill" => once(&mut found.backfill, json.next_bool().ok()),
                _ => false,
            };
            if !plain {
                return Ok(None);
            }
            name = json.next_key_bytes();
        }
        Ok(matches!(name, Ok(None)).then_some(found))
    }

    /// The values of a reading, in the order of the kind's metrics; `None` when there are none.
    fn values<'py>(
        &self,
        json: &mut Jiter<'_>,
        py: Python<'py>,
        values: &mut Vec<Option<Bound<'py, PyAny>>>,
    ) -> PyResult<Option<Bound<'py, PyDict>>> {
        values.clear();
        values.resize(self.metrics.len(), None);
        let mut name = json.next_object_bytes();
        while let Ok(Some(metric)) = name {
            let place = self.metrics.iter().position(|m| m.bytes == metric).filter(|n| values[*n].is_none());
            let Some(place) = place else { return Ok(None) };
            let Some(value) = self.metrics[place].value(py, json) else { return Ok(None) };
            values[place] = Some(value);
            name = json.next_key_bytes();
        }
        if !matches!(name, Ok(None)) {
            return Ok(None);
        }
        let said = PyDict::new(py);
        for (metric, value) in self.metrics.iter().zip(values.iter()) {
            if let Some(value) = value {
                said.set_item(&metric.name, value)?;
            }
        }
        Ok((!said.is_empty()).then_some(said))
    }
}

/// Fills a field that is to be said once; whether it was plain, and said for the first time.
fn once<T>(field: &mut Option<T>, said: Option<T>) -> bool {
    let plain = field.is_none() && said.is_some();
    *field = said;
    plain
}

/// The device of a reading: the one that the topic names, if it names one; never one that has to be unescaped.
fn device<'py>(json: &mut Jiter<'_>, against: &Against<'_, 'py>) -> Option<Bound<'py, PyString>> {
    let id = json.next_bytes().ok()?;
    match against.device {
        Some(named) => (named.to_str().ok()?.as_bytes() == id && !id.contains(&b'\\')).then(|| named.clone()),
        None if id.len() <= NAME && id.is_ascii() && !id.contains(&b'\\') => {
            Some(PyString::new(against.utc.py(), str::from_utf8(id).ok()?))
        }
        None => None,
    }
}

fn seq(json: &mut Jiter<'_>) -> Option<i64> {
    match json.next_number().ok()? {
        NumberAny::Int(NumberInt::Int(seq)) if seq >= 0 => Some(seq),
        _ => None,
    }
}

/// An object of the class `Reading` whose slots are all empty: calling the class would take five times as long.
fn blank<'py>(class: &Bound<'py, PyType>) -> PyResult<Bound<'py, PyAny>> {
    // SAFETY: the class is alive and attached, it has slots and nothing else to be initialised, and `PyType_GenericAlloc`
    // returns a new reference or null with an exception set.
    unsafe { Bound::from_owned_ptr_or_err(class.py(), ffi::PyType_GenericAlloc(class.as_type_ptr(), 0)) }
}
