//! `study.toml`: the study, its sources, runs, responses, who answers for the audit.
