//! What is plain in a `domain.reading.Reading`: no faults, no events, revision 0, numbers of the types of its kind, UTC.

use std::collections::HashMap;

use pyo3::exceptions::PyValueError;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyBool, PyDateTime, PyDict, PyFloat, PyInt, PyString, PyTuple, PyTzInfo};

use crate::instants;

/// Readings, about a millisecond of them, that are looked at without letting others have the interpreter.
const AT_ONCE: usize = 256;

/// A value of a metric. Floats are finite and never -0.0, which no store holds.
#[derive(Clone, Copy)]
pub enum Value {
    Float(f64),
    Int(i64),
    Bool(bool),
}

/// The types of metrics (`domain.kind.ValueType`). A plain reading has no texts: they have to be escaped.
#[derive(Clone, Copy)]
pub enum Type {
    Float,
    Int,
    Bool,
    Text,
}

/// A metric of a kind.
pub struct Metric {
    name: Py<PyString>,
    /// Its name.
    pub text: String,
    pub type_: Type,
}

/// Name and type of the metrics of each kind.
pub type Types = HashMap<String, Vec<(String, String)>>;

/// The metrics of a kind, in their order.
pub struct Metrics(pub Vec<Metric>);

/// What is said of a plain reading beside its values. Instants are microseconds since 1970.
pub struct Plain<'py> {
    pub device: Bound<'py, PyString>,
    pub at: i64,
    pub received: i64,
    pub seq: Option<i64>,
}

/// Reads readings. What came together has the same arrival, which is looked at once.
pub struct Reader<'py> {
    utc: Bound<'py, PyTzInfo>,
    received: Option<(Bound<'py, PyAny>, i64)>,
}

impl Metrics {
    /// Takes names and types.
    pub fn new(py: Python<'_>, metrics: Vec<(String, String)>) -> PyResult<Self> {
        let metric = |(name, type_): (String, String)| {
            Ok(Metric { name: PyString::intern(py, &name).unbind(), type_: Type::named(&type_)?, text: name })
        };
        metrics.into_iter().map(metric).collect::<PyResult<_>>().map(Self)
    }

    /// Puts the values of a reading into `said`, in their order, each with the place of its metric.
    pub fn read(&self, reading: &Bound<'_, PyAny>, said: &mut Vec<(usize, Value)>) -> PyResult<bool> {
        said.clear();
        let values = reading.getattr(intern!(reading.py(), "values"))?;
        let Ok(values) = values.cast::<PyDict>() else { return Ok(false) };
        for (name, value) in values {
            let expected = said.last().map_or(0, |(last, _)| last + 1);
            let Some(place) = self.place(&name, expected) else { return Ok(false) };
            let Some(value) = self.0[place].type_.read(&value) else { return Ok(false) };
            said.push((place, value));
        }
        Ok(!said.is_empty())
    }

    /// Where a metric is, looked for from `expected` on: values come in the order of the kind.
    fn place(&self, name: &Bound<'_, PyAny>, expected: usize) -> Option<usize> {
        let count = self.0.len();
        let found = (expected..count + expected).map(|n| n % count).find(|n| self.0[*n].name.is(name));
        found.or_else(|| {
            let text = name.cast::<PyString>().ok()?.to_str().ok()?;
            self.0.iter().position(|metric| metric.text == text)
        })
    }
}

impl Type {
    /// Raises `ValueError` of a name that is none.
    pub fn named(name: &str) -> PyResult<Self> {
        match name {
            "float" => Ok(Type::Float),
            "int" => Ok(Type::Int),
            "bool" => Ok(Type::Bool),
            "text" => Ok(Type::Text),
            _ => Err(PyValueError::new_err(format!("no type of a metric is called {name}"))),
        }
    }

    fn read(self, value: &Bound<'_, PyAny>) -> Option<Value> {
        match self {
            Type::Float => {
                let number = value.cast_exact::<PyFloat>().ok()?.value();
                let held = number.is_finite() && (number != 0.0 || number.is_sign_positive());
                held.then_some(Value::Float(number))
            }
            Type::Int => Some(Value::Int(value.cast_exact::<PyInt>().ok()?.extract().ok()?)),
            Type::Bool => Some(Value::Bool(value.cast_exact::<PyBool>().ok()?.is_true())),
            Type::Text => None,
        }
    }
}

impl<'py> Reader<'py> {
    pub fn new(py: Python<'py>) -> PyResult<Self> {
        Ok(Self { utc: PyTzInfo::utc(py)?.to_owned(), received: None })
    }

    /// `None` when the reading is not plain; of its values and its kind nothing is said.
    pub fn read(&mut self, reading: &Bound<'py, PyAny>) -> PyResult<Option<Plain<'py>>> {
        let py = reading.py();
        if !ordinary(reading)? {
            return Ok(None);
        }
        let at = reading.getattr(intern!(py, "at"))?;
        let at = at.cast::<PyDateTime>().ok().and_then(|at| instants::micros(at, &self.utc));
        let received = self.received(reading.getattr(intern!(py, "received"))?);
        let seq = seq(&reading.getattr(intern!(py, "seq"))?);
        let (Some(at), Some(received), Some(seq)) = (at, received, seq) else { return Ok(None) };
        let device = reading.getattr(intern!(py, "device"))?.cast_into()?;
        Ok(Some(Plain { device, at, received, seq }))
    }

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

/// What is known of the kind of a reading, and its name.
pub fn of_kind<'a, T>(kinds: &'a HashMap<String, T>, reading: &Bound<'_, PyAny>) -> PyResult<Option<(&'a str, &'a T)>> {
    let kind = reading.getattr(intern!(reading.py(), "kind"))?;
    let known = kind.cast::<PyString>()?.to_str().ok().and_then(|name| kinds.get_key_value(name));
    Ok(known.map(|(name, known)| (name.as_str(), known)))
}

/// Lets other threads have the interpreter now and then, as it does itself between Python's own steps.
pub fn breathe(py: Python<'_>, done: usize) {
    if done.is_multiple_of(AT_ONCE) {
        py.detach(|| ());
    }
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

/// A number of 63 bits or no number; `None` of anything else.
fn seq(seq: &Bound<'_, PyAny>) -> Option<Option<i64>> {
    if seq.is_none() { Some(None) } else { seq.extract().ok().filter(|n| *n >= 0).map(Some) }
}
