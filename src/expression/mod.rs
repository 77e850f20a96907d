//! The arithmetic of claims and contrasts: parse, names, intervals, derivatives.
