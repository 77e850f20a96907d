//! `method.toml` becomes a plan, and a plan becomes results.
