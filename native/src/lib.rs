//! The compiled way of a plain reading.
//!
//! Nearly every reading is plain: no faults, no events, numbers in the shape that the contract asks for. For those the
//! classes here give exactly the answers of the Python that they stand in for. Of everything else they give none
//! (`None`), and Python decides: nothing is refused, judged or counted here.

mod columns;
mod instants;
mod lines;
mod reading;
mod wire;

use pyo3::prelude::*;

#[pymodule]
mod quanyan_native {
    #[pymodule_export]
    use crate::columns::Columns;
    #[pymodule_export]
    use crate::lines::Lines;
    #[pymodule_export]
    use crate::wire::Wire;
}
