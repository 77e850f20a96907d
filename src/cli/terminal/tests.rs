use super::*;

#[test]
fn text_from_files_never_steers_the_terminal() {
    assert_eq!(clean("a\u{1b}]8;;x\u{7}b"), "a?]8;;x?b");
    assert_eq!(clean("a\u{202e}b").len(), "a\u{202e}b".len());
    assert_eq!(keep_paint("\u{1b}[34mexact\u{1b}[0m"), "\u{1b}[34mexact\u{1b}[0m");
    assert_eq!(keep_paint("\u{1b}[2Jgone"), "?[2Jgone");
}
