//! Results and printed values become charts, SVG and PNG.
