//! Paths that must not be, and laws of those that may.

use proptest::prelude::*;
use secondlook::manifest::{SafePath, collision_key};

#[test]
fn paths_that_leave_their_folder_or_mean_something_else_somewhere_are_refused() {
    let long_name = "n".repeat(300);
    let long_path = "long/".repeat(400) + "a.csv";
    let refused = [
        "..",
        "../a.csv",
        "a/../../b",
        "a/..",
        "/etc/passwd",
        "/",
        "C:\\x",
        "C:/x",
        "c:x",
        "\\\\server\\share",
        "//server/share",
        "a\\b",
        "~/x",
        "~root/x",
        "a/~/b",
        "a\0b",
        "a\nb",
        "a\u{7f}b",
        "CON",
        "con",
        "con.csv",
        "x/NUL.tar.gz",
        "aux",
        "COM1",
        "com9.txt",
        "lpt¹",
        "CONIN$",
        "x.",
        "x ",
        "x/y./z",
        " x",
        "",
        ".",
        "./a",
        "a/./b",
        "a//b",
        "a/",
        "a:b",
        "a:stream",
        "a*b",
        "a?b",
        "a|b",
        "<a>",
        "a\"b",
        "a\u{202e}vsc.exe",
        "a\u{200b}b",
        "\u{feff}a",
        "a\u{ad}b",
        long_name.as_str(),
        long_path.as_str(),
    ];
    for path in refused {
        assert!(SafePath::new(path).is_err(), "{path:?} must be refused");
    }
}

#[test]
fn ordinary_paths_are_taken_as_they_are() {
    for path in [
        "data.csv",
        "a/b/c.parquet",
        "Données/é.csv",
        "a b.csv",
        "...a",
        ".hidden",
        "a..b",
        "con1",
        "console.csv",
        "com10",
        "%2e%2e/x",
        "日本.csv",
        "x~",
        "-rf",
    ] {
        let safe = SafePath::new(path).map(|safe| safe.as_str().to_owned());
        assert_eq!(safe.as_deref(), Ok(path));
    }
}

#[test]
fn names_that_some_file_system_takes_for_one_share_a_key() {
    for (left, right) in [
        ("Data.csv", "data.csv"),
        ("caf\u{e9}.csv", "cafe\u{301}.csv"),
        ("STRASSE", "straße"),
        ("CAF\u{c9}", "cafe\u{301}"),
    ] {
        assert_eq!(collision_key(left), collision_key(right), "{left:?} {right:?}");
    }
    assert_ne!(collision_key("a.csv"), collision_key("b.csv"));
}

/// Texts that are likely to be almost paths.
fn hostile() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("..".to_owned()),
        Just(".".to_owned()),
        Just("/".to_owned()),
        Just("\\".to_owned()),
        Just("C:".to_owned()),
        Just("~".to_owned()),
        Just("nul".to_owned()),
        Just(" ".to_owned()),
        "[a-z]{1,8}",
        "\\PC{0,4}",
        any::<char>().prop_map(String::from),
    ];
    proptest::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn a_safe_path_never_escapes_and_checking_it_again_changes_nothing(text in hostile()) {
        let Ok(safe) = SafePath::new(&text) else { return Ok(()) };
        prop_assert_eq!(safe.as_str(), text.as_str());
        prop_assert_eq!(SafePath::new(safe.as_str()), Ok(safe.clone()));
        let root = std::path::Path::new("/root/of/data");
        let mut depth = 0_usize;
        for component in std::path::Path::new(safe.as_str()).components() {
            prop_assert!(matches!(component, std::path::Component::Normal(_)), "{:?}", component);
            depth += 1;
        }
        prop_assert!(depth > 0);
        prop_assert!(root.join(safe.as_str()).starts_with(root));
        prop_assert_eq!(safe.as_str().split('/').count(), depth);
    }

    #[test]
    fn a_collision_key_is_its_own_key(text in hostile()) {
        let key = collision_key(&text);
        prop_assert_eq!(collision_key(&key), key);
    }
}
