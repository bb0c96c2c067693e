//! Plain readings as the buffers of Arrow columns, by kind and day.
//!
//! It stands in for `store.archive.schema.table_of`, whose columns these equal.

use std::collections::{BTreeMap, HashMap};

use pyo3::prelude::*;
use pyo3::types::{PyBytes, PyDict, PyList, PyTuple};

use crate::instants::{DAY, HOUR};
use crate::reading::{Metrics, Plain, Reader, Type, Types, Value, breathe, of_kind};

/// A bitmap as Arrow has it: the first row is the lowest bit.
#[derive(Default)]
struct Bits {
    bytes: Vec<u8>,
    rows: usize,
}

impl Bits {
    fn push(&mut self, on: bool) {
        if self.rows.is_multiple_of(8) {
            self.bytes.push(0);
        }
        if on {
            self.bytes[self.rows / 8] |= 1 << (self.rows % 8);
        }
        self.rows += 1;
    }
}

/// Values of one width with a bitmap of those that are there.
#[derive(Default)]
struct Column {
    there: Bits,
    numbers: Vec<u64>,
    bits: Bits,
    said: bool,
}

impl Column {
    fn push(&mut self, type_: Type, value: Option<Value>) {
        self.there.push(value.is_some());
        self.said |= value.is_some();
        match (type_, value) {
            (Type::Bool, _) => self.bits.push(matches!(value, Some(Value::Bool(true)))),
            (_, Some(Value::Float(number))) => self.numbers.push(number.to_bits()),
            (_, Some(Value::Int(number))) => self.numbers.push(number.cast_unsigned()),
            _ => self.numbers.push(0),
        }
    }

    /// Bitmap and values; `None` when no reading says this.
    fn buffers<'py>(&self, py: Python<'py>) -> Option<(Bound<'py, PyBytes>, Bound<'py, PyBytes>)> {
        let values = if self.bits.rows > 0 { &self.bits.bytes[..] } else { bytemuck::cast_slice(&self.numbers) };
        self.said.then(|| (PyBytes::new(py, &self.there.bytes), PyBytes::new(py, values)))
    }
}

/// The readings of one kind and day.
struct Part {
    devices: Vec<u8>,
    ends: Vec<i32>,
    at: Vec<i64>,
    received: Vec<i64>,
    offset: Vec<i64>,
    position: Vec<i64>,
    seq: Column,
    metrics: Vec<Column>,
    hours: u32,
}

impl Part {
    fn new(metrics: &Metrics) -> Self {
        Self {
            devices: vec![],
            ends: vec![0],
            at: vec![],
            received: vec![],
            offset: vec![],
            position: vec![],
            seq: Column::default(),
            metrics: metrics.0.iter().map(|_| Column::default()).collect(),
            hours: 0,
        }
    }

    fn push(&mut self, place: (i64, i64), device: &str, plain: &Plain<'_>, metrics: &Metrics, said: &[(usize, Value)]) {
        self.devices.extend_from_slice(device.as_bytes());
        self.ends.push(self.devices.len() as i32);
        self.at.push(plain.at);
        self.received.push(plain.received);
        self.offset.push(place.0);
        self.position.push(place.1);
        self.seq.push(Type::Int, plain.seq.map(Value::Int));
        for (n, (column, metric)) in self.metrics.iter_mut().zip(&metrics.0).enumerate() {
            let value = said.iter().find(|(place, _)| *place == n).map(|(_, value)| *value);
            column.push(metric.type_, value);
        }
        self.hours |= 1 << (plain.at.rem_euclid(DAY) / HOUR);
    }

    fn told<'py>(&self, py: Python<'py>, metrics: &Metrics) -> PyResult<Bound<'py, PyDict>> {
        let told = PyDict::new(py);
        told.set_item("device", (PyBytes::new(py, bytemuck::cast_slice(&self.ends)), PyBytes::new(py, &self.devices)))?;
        for (name, numbers) in
            [("at", &self.at), ("received", &self.received), ("offset", &self.offset), ("position", &self.position)]
        {
            told.set_item(name, (py.None(), PyBytes::new(py, bytemuck::cast_slice(numbers))))?;
        }
        told.set_item("seq", self.seq.buffers(py))?;
        for (metric, column) in metrics.0.iter().zip(&self.metrics) {
            told.set_item(&metric.text, column.buffers(py))?;
        }
        Ok(told)
    }
}

/// Makes columns of readings of all kinds.
#[pyclass(frozen, module = "quanyan_native")]
pub struct Columns {
    kinds: HashMap<String, Metrics>,
}

#[pymethods]
impl Columns {
    #[new]
    fn new(py: Python<'_>, types: Types) -> PyResult<Self> {
        let kinds = types.into_iter().map(|(kind, metrics)| Ok((kind, Metrics::new(py, metrics)?)));
        Ok(Self { kinds: kinds.collect::<PyResult<_>>()? })
    }

    /// Return the plain ones of rows (offset, position, reading) by kind and day, and the other rows.
    ///
    /// A part is: kind, days since 1970 (UTC), a bit for each hour that it has readings of, rows, and by column the two
    /// buffers of an Arrow array, or `None` of a column that no reading fills.
    fn parts<'py>(&self, rows: &Bound<'py, PyList>) -> PyResult<(Bound<'py, PyList>, Bound<'py, PyList>)> {
        let py = rows.py();
        let (mut reader, mut said) = (Reader::new(py)?, vec![]);
        let mut parts: BTreeMap<(&str, i64), Part> = BTreeMap::new();
        let rest = PyList::empty(py);
        for (n, row) in rows.iter().enumerate() {
            breathe(py, n + 1);
            if !self.take(row.cast()?, &mut reader, &mut said, &mut parts)? {
                rest.append(row)?;
            }
        }
        let told = parts.iter().map(|((kind, day), part)| {
            Ok((*kind, *day, part.hours, part.at.len(), part.told(py, &self.kinds[*kind])?))
        });
        Ok((PyList::new(py, told.collect::<PyResult<Vec<_>>>()?)?, rest))
    }
}

impl Columns {
    fn take<'a, 'py>(
        &'a self,
        row: &Bound<'py, PyTuple>,
        reader: &mut Reader<'py>,
        said: &mut Vec<(usize, Value)>,
        parts: &mut BTreeMap<(&'a str, i64), Part>,
    ) -> PyResult<bool> {
        let (offset, position, reading): (i64, i64, Bound<'py, PyAny>) = row.extract()?;
        let Some((kind, metrics)) = of_kind(&self.kinds, &reading)? else { return Ok(false) };
        let Some(plain) = reader.read(&reading)? else { return Ok(false) };
        if !metrics.read(&reading, said)? {
            return Ok(false);
        }
        let Some(device) = plain.device.to_str().ok().filter(|id| id.is_ascii()) else { return Ok(false) };
        let day = plain.at.div_euclid(DAY);
        let part = parts.entry((kind, day)).or_insert_with(|| Part::new(metrics));
        part.push((offset, position), device, &plain, metrics, said);
        Ok(true)
    }
}
