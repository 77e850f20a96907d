//! `methods/README.md` tells every key of every kind of step, and no other: the readers themselves are asked.

use super::KINDS;
use crate::diagnostic::reference::{asked, told};

const REFERENCE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/methods/README.md"));

#[test]
fn the_reference_names_the_keys_that_each_step_reads() {
    for kind in KINDS {
        let told = told(REFERENCE, &format!("`{}`", kind.name));
        let asked = asked("", |table| drop((kind.read)(table)));
        assert_eq!(told, asked, "{}", kind.name);
    }
}

#[test]
fn the_reference_names_the_keys_of_a_figure() {
    let asked = asked("", |table| drop(crate::method::figures::read(table)));
    assert_eq!(told(REFERENCE, "Figures"), asked);
}
