//! Results, audit and figures become one HTML page, and Markdown.
