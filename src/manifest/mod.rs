//! Data manifests: parse, verify, fetch.
