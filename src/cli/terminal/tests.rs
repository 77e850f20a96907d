use super::*;

#[test]
fn text_from_files_never_steers_the_terminal() {
    assert_eq!(clean("a\u{1b}]8;;x\u{7}b"), "a?]8;;x?b");
    assert_eq!(clean("a\u{202e}b").len(), "a\u{202e}b".len());
    assert_eq!(keep_paint("\u{1b}[34mexact\u{1b}[0m"), "\u{1b}[34mexact\u{1b}[0m");
    assert_eq!(keep_paint("\u{1b}[2Jgone"), "?[2Jgone");
}

#[test]
fn columns_are_as_wide_on_the_screen_as_their_widest_cell() {
    let rows = [["a", "one"], ["\u{4e2d}\u{6587}", ""], ["e\u{301}", "two"]];
    let lines: Vec<String> = columns(&rows.map(|row| row.map(str::to_owned))).collect();
    assert_eq!(lines, [" a     one", " \u{4e2d}\u{6587}", " e\u{301}     two"]);
}
