//! A manifest and its files become a typed, checked table.
