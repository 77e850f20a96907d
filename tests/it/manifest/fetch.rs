//! Downloads: whatever a server does, no file gets its name with a wrong checksum.

use std::fs;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use secondlook::digest::Sha256;
use secondlook::event::{Event, Observer, Silent};
use secondlook::manifest::{Failure, FetchPolicy, Fetched, fetch};

use super::server::{Reply, Server, answer, head_without_length, ok, redirect};
use super::{in_cache, manifest_of, shelves};

/// Patience for tests.
fn policy() -> FetchPolicy {
    FetchPolicy {
        stall: Duration::from_millis(400),
        minimum_rate: 1_000,
        rate_window: Duration::from_millis(300),
        attempts: 3,
        back_off: Duration::from_millis(5),
        redirects: 5,
    }
}

/// Thirty thousand bytes without a period.
fn content() -> Vec<u8> {
    (0..30_000_u64).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect()
}

/// Fetches `content()` from an address into a fresh cache, which afterwards holds it or nothing.
fn fetch_from(url: &str) -> Result<Fetched, Failure> {
    let root = tempfile::tempdir().expect("a temporary folder");
    fetch_into(root.path(), url)
}

fn fetch_into(root: &Path, url: &str) -> Result<Fetched, Failure> {
    let manifest = manifest_of("x/a.csv", &content(), Some(url));
    let answer = fetch(&manifest, &shelves(root), &policy(), &Silent);
    let named = named_files(&root.join("cache"));
    match answer {
        Ok(mut fetched) => {
            assert_eq!(named, [Sha256::of(&content()).to_string()]);
            assert_eq!(fs::read(&fetched[0].at).expect("the file is there"), content());
            Ok(fetched.remove(0))
        }
        Err(error) => {
            assert_eq!(named, Vec::<String>::new(), "after {error}");
            Err(error.failures.into_iter().next().expect("one failure"))
        }
    }
}

/// The checksums that the cache claims to hold; each is checked. Nothing but locks may be beside them.
fn named_files(cache: &Path) -> Vec<String> {
    let mut named = Vec::new();
    let Ok(folders) = fs::read_dir(cache.join("sha256")) else { return named };
    for folder in folders {
        let folder = folder.expect("readable");
        for file in fs::read_dir(folder.path()).expect("a folder") {
            let file = file.expect("readable");
            let name = file.file_name().into_string().expect("plain");
            assert!(!name.contains(".part"), "{name} was left behind");
            if !name.contains(".lock") {
                let checksum = folder.file_name().into_string().expect("plain") + &name;
                assert_eq!(
                    Sha256::of(&fs::read(file.path()).expect("readable")).to_string(),
                    checksum
                );
                named.push(checksum);
            }
        }
    }
    named
}

#[test]
fn a_file_is_fetched_once_and_asked_for_as_it_is() {
    let server = Server::new(|_, _| ok(&content()));
    let root = tempfile::tempdir().expect("a temporary folder");
    let url = server.url("/a.csv?version=1");
    let first = fetch_into(root.path(), &url).expect("served");
    assert_eq!(first.downloaded_from.as_deref(), Some(url.as_str()));
    assert_eq!((first.path.as_str(), first.bytes), ("x/a.csv", 30_000));
    let second = fetch_into(root.path(), &url).expect("there");
    assert_eq!((second.downloaded_from, second.at), (None, first.at));
    let heard = server.heard();
    assert_eq!(heard.len(), 1);
    let head = heard[0].to_lowercase();
    assert!(head.starts_with("get /a.csv?version=1 http/1.1"), "{head}");
    assert!(head.contains("accept-encoding: identity"), "{head}");
    assert!(!head.contains("cookie") && !head.contains("authorization"), "{head}");
}

#[test]
fn a_connection_that_breaks_leaves_nothing() {
    for cut in (0..30_000).step_by(997).chain([1, 29_999]) {
        let server = Server::new(move |_, _| answer("200 OK", "", &content()[..cut], 30_000));
        let failure = fetch_from(&server.url("/a.csv")).expect_err("cut");
        assert_eq!(failure.message, format!("the connection broke after {cut} of 30000 bytes"));
        assert_eq!(failure.path, "x/a.csv");
        assert!(failure.to_string().contains(&server.url("/a.csv")), "{failure}");
        let silent = Server::new(move |_, _| {
            Reply::Send([head_without_length(), content()[..cut].to_vec()].concat())
        });
        let failure = fetch_from(&silent.url("/a.csv")).expect_err("cut, without a length");
        assert!(failure.message.contains("broke after"), "{failure}");
    }
    let hung_up = Server::new(|_, _| Reply::Send(Vec::new()));
    fetch_from(&hung_up.url("/a.csv")).expect_err("no answer at all");
    let nonsense = Server::new(|_, _| Reply::Send(b"hello\r\n\r\n".to_vec()));
    fetch_from(&nonsense.url("/a.csv")).expect_err("no HTTP");
}

#[test]
fn another_file_than_declared_is_refused_and_told_apart() {
    let mut other = content();
    other[17] ^= 1;
    let expected = Sha256::of(&content()).to_string();
    let found = Sha256::of(&other).to_string();
    let flipped = Server::new(move |_, _| ok(&other));
    let failure = fetch_from(&flipped.url("/a.csv")).expect_err("one bit differs");
    assert!(failure.changed);
    assert!(failure.message.contains(&expected) && failure.message.contains(&found), "{failure}");

    let longer = Server::new(|_, _| ok(&[content(), vec![0]].concat()));
    let failure = fetch_from(&longer.url("/a.csv")).expect_err("longer");
    assert!(
        failure.changed && failure.message.contains("30001 bytes; 30000 are expected"),
        "{failure}"
    );

    let shorter = Server::new(|_, _| ok(&content()[..100]));
    let failure = fetch_from(&shorter.url("/a.csv")).expect_err("shorter");
    assert!(failure.changed && failure.message.contains("has 100 bytes"), "{failure}");

    let page = Server::new(|_, _| ok(b"<html>Please log in</html>"));
    assert!(fetch_from(&page.url("/a.csv")).expect_err("a page").changed);
}

#[test]
fn a_file_without_a_stated_length_is_fine_and_an_endless_one_is_not_read_on() {
    let silent = Server::new(|_, _| Reply::Send([head_without_length(), content()].concat()));
    fetch_from(&silent.url("/a.csv")).expect("right");
    let chunked = Server::new(|_, _| {
        let mut bytes =
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n".to_vec();
        for chunk in content().chunks(4096) {
            bytes.extend_from_slice(format!("{:x}\r\n", chunk.len()).as_bytes());
            bytes.extend_from_slice(chunk);
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"0\r\n\r\n");
        Reply::Send(bytes)
    });
    fetch_from(&chunked.url("/a.csv")).expect("right, in pieces");
    let longer = Server::new(|_, _| {
        Reply::Send([head_without_length(), content(), b"more".to_vec()].concat())
    });
    assert!(fetch_from(&longer.url("/a.csv")).expect_err("longer").changed);
    let endless = Server::new(|number, _| {
        assert_eq!(number, 0, "asked once");
        Reply::Endless([head_without_length(), content()].concat())
    });
    let failure = fetch_from(&endless.url("/a.csv")).expect_err("endless");
    assert!(failure.message.contains("more than the 30000 bytes"), "{failure}");
}

#[test]
#[expect(clippy::disallowed_methods, reason = "the test is about time")]
fn a_server_that_stalls_or_trickles_is_left() {
    let began = Instant::now();
    let half = [head_without_length(), content()[..15_000].to_vec()].concat();
    let stalled = Server::new(move |_, _| Reply::Stall(half.clone()));
    let failure = fetch_from(&stalled.url("/a.csv")).expect_err("stalled");
    assert!(failure.message.contains("sent nothing for 0.4 seconds"), "{failure}");
    let mute = Server::new(|_, _| Reply::Stall(Vec::new()));
    let failure = fetch_from(&mute.url("/a.csv")).expect_err("mute");
    assert!(failure.message.contains("did not answer"), "{failure}");
    let slow = Server::new(|_, _| Reply::Trickle(head_without_length(), content()));
    let failure = fetch_from(&slow.url("/a.csv")).expect_err("slow");
    assert!(failure.message.contains("too slow"), "{failure}");
    assert!(began.elapsed() < Duration::from_secs(8), "{:?}", began.elapsed());
}

#[test]
fn a_busy_server_is_asked_again_a_few_times() {
    for status in ["500 Oops", "503 Busy", "429 Slow down"] {
        let server = Server::new(move |number, _| match number {
            0 | 1 => answer(status, "", b"", 0),
            _ => ok(&content()),
        });
        fetch_from(&server.url("/a.csv")).expect("at the third attempt");
        assert_eq!(server.heard().len(), 3);
    }
    let never = Server::new(|_, _| answer("502 Bad gateway", "", b"", 0));
    let failure = fetch_from(&never.url("/a.csv")).expect_err("never");
    assert!(failure.message.contains("502 to each of 3 attempts"), "{failure}");
    assert_eq!(never.heard().len(), 3);
    let polite = Server::new(|_, _| answer("429 Later", "Retry-After: 86400\r\n", b"", 0));
    let failure = fetch_from(&polite.url("/a.csv")).expect_err("tomorrow");
    assert!(failure.message.contains("86400 seconds"), "{failure}");
    assert_eq!(polite.heard().len(), 1);
}

#[test]
fn a_plain_no_is_not_asked_again() {
    for (status, part) in [
        ("404 Not found", "no such file"),
        ("410 Gone", "no such file"),
        ("403 Forbidden", "does not give the file to everyone"),
        ("401 Who", "does not give the file to everyone"),
        ("206 Partial", "200 is expected"),
        ("204 Nothing", "200 is expected"),
    ] {
        let server = Server::new(move |_, _| answer(status, "", b"", 0));
        let failure = fetch_from(&server.url("/a.csv")).expect_err(status);
        assert!(failure.message.contains(part), "{failure}");
        assert!(!failure.changed && !failure.help.is_empty());
        assert_eq!(server.heard().len(), 1);
    }
    let gone = Server::new(|_, _| ok(b""));
    let url = gone.url("/a.csv");
    drop(gone);
    std::thread::sleep(Duration::from_millis(50));
    fetch_from(&url).expect_err("nobody listens");
}

#[test]
fn redirects_are_followed_a_few_times_and_only_where_they_may_lead() {
    let five = Server::new(|number, _| match number {
        0..5 => redirect(&format!("/step{number}")),
        _ => ok(&content()),
    });
    let fetched = fetch_from(&five.url("/a.csv")).expect("five are followed");
    assert_eq!(fetched.downloaded_from, Some(five.url("/step4")));
    let six = Server::new(|number, _| redirect(&format!("/step{number}")));
    let failure = fetch_from(&six.url("/a.csv")).expect_err("no more than five");
    assert!(failure.message.contains("more than 5 times"), "{failure}");
    assert_eq!(six.heard().len(), 6);

    let inner = std::sync::Arc::new(Server::new(|_, _| ok(&content())));
    for to in [
        "file:///etc/passwd".to_owned(),
        "http://example.org/a.csv".to_owned(),
        "ftp://example.org/a.csv".to_owned(),
        "https://10.0.0.1/a.csv".to_owned(),
        "https://127.0.0.1/a.csv".to_owned(),
        "http://169.254.169.254/latest/meta-data".to_owned(),
        "https://me:secret@example.org/a.csv".to_owned(),
        "//[::1]/a.csv".to_owned(),
        inner.url("/a.csv"),
    ] {
        let target = to.clone();
        let server = Server::new(move |_, _| redirect(&target));
        let failure = fetch_from(&server.url("/a.csv")).expect_err(&to);
        assert!(failure.message.contains("the server redirects to"), "{failure}");
    }
    assert!(inner.heard().is_empty(), "another server of this machine is never asked");
    let nowhere = Server::new(|_, _| answer("302 Found", "", b"", 0));
    fetch_from(&nowhere.url("/a.csv")).expect_err("nowhere");
}

#[test]
fn a_compressed_answer_is_refused() {
    let server =
        Server::new(|_, _| answer("200 OK", "Content-Encoding: gzip\r\n", &content(), 30_000));
    let failure = fetch_from(&server.url("/a.csv")).expect_err("compressed");
    assert!(failure.message.contains("compressed (gzip)"), "{failure}");
}

#[test]
fn what_is_here_and_changed_is_not_replaced_but_a_broken_cache_is() {
    let server = Server::new(|_, _| ok(&content()));
    let root = tempfile::tempdir().expect("a temporary folder");
    let places = shelves(root.path());
    let manifest = manifest_of("a.csv", &content(), Some(&server.url("/a.csv")));
    fs::write(places.beside.join("a.csv"), b"mine").expect("written");
    let error = fetch(&manifest, &places, &policy(), &Silent).expect_err("changed");
    assert!(error.failures[0].changed, "{error}");
    assert_eq!(fs::read(places.beside.join("a.csv")).expect("still there"), b"mine");
    assert!(server.heard().is_empty());
    fs::remove_file(places.beside.join("a.csv")).expect("removed");

    let cached = in_cache(&places.cache, &content());
    fs::create_dir_all(cached.parent().expect("a folder")).expect("made");
    fs::write(&cached, b"broken").expect("written");
    fs::write(cached.with_extension("part"), b"left by a killed process").expect("written");
    let fetched = fetch(&manifest, &places, &policy(), &Silent).expect("fetched again");
    assert_eq!(fs::read(&fetched[0].at).expect("there"), content());
    assert_eq!(named_files(&places.cache), [Sha256::of(&content()).to_string()]);
}

#[test]
fn a_file_without_an_address_says_what_to_do_and_stops_no_other() {
    let server = Server::new(|_, _| ok(&content()));
    let root = tempfile::tempdir().expect("a temporary folder");
    let manifest = super::manifest(&format!(
        "[dataset]\nid = \"d\"\ntitle = \"t\"\nproducer = \"The Producer\"\nlicence = \"MIT\"\naccess = \"registration\"\n\
         [[file]]\npath = \"a.csv\"\nbytes = 3\nsha256 = \"{}\"\n\
         [[file]]\npath = \"b.csv\"\nbytes = 30000\nsha256 = \"{}\"\nurl = \"{}\"\n",
        Sha256::of(b"abc"),
        Sha256::of(&content()),
        server.url("/b.csv")
    ));
    let error = fetch(&manifest, &shelves(root.path()), &policy(), &Silent).expect_err("one lacks");
    assert_eq!((error.failures.len(), error.fetched.len()), (1, 1));
    assert!(error.to_string().contains("register with The Producer"), "{error}");
}

#[test]
fn two_at_once_download_once() {
    let server = Server::new(|_, _| {
        std::thread::sleep(Duration::from_millis(100));
        ok(&content())
    });
    let root = tempfile::tempdir().expect("a temporary folder");
    let url = server.url("/a.csv");
    shelves(root.path());
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                let manifest = manifest_of("a.csv", &content(), Some(&url));
                let fetched = fetch(&manifest, &shelves(root.path()), &policy(), &Silent);
                assert_eq!(fetched.expect("served").len(), 1);
            });
        }
    });
    assert_eq!(server.heard().len(), 1);
}

#[test]
fn a_cache_that_cannot_be_written_is_told() {
    let server = Server::new(|_, _| ok(&content()));
    let root = tempfile::tempdir().expect("a temporary folder");
    let mut places = shelves(root.path());
    places.cache = root.path().join("file");
    let manifest = manifest_of("a.csv", &content(), Some(&server.url("/a.csv")));
    fs::write(&places.cache, b"not a folder").expect("written");
    let error = fetch(&manifest, &places, &policy(), &Silent).expect_err("no folder");
    assert!(!error.failures[0].changed, "{error}");
    assert_eq!(fs::read(&places.cache).expect("still there"), b"not a folder");
}

#[cfg(unix)]
#[test]
fn a_link_in_the_cache_is_not_written_through() {
    let server = Server::new(|_, _| ok(&content()));
    let root = tempfile::tempdir().expect("a temporary folder");
    let places = shelves(root.path());
    let manifest = manifest_of("a.csv", &content(), Some(&server.url("/a.csv")));
    let outside = root.path().join("outside");
    fs::create_dir(&outside).expect("made");
    std::os::unix::fs::symlink(&outside, places.cache.join("sha256")).expect("a link");
    fetch(&manifest, &places, &policy(), &Silent).expect_err("a link");
    assert_eq!(fs::read_dir(&outside).expect("a folder").count(), 0);
}

#[test]
fn progress_is_told() {
    struct Heard(Mutex<(bool, u64, bool)>);
    impl Observer for Heard {
        fn event(&self, event: Event<'_>) {
            let mut heard = self.0.lock().expect("not poisoned");
            match event {
                Event::Started { task: "fetch x/a.csv", total: Some(30_000) } => heard.0 = true,
                Event::Advanced { task: "fetch x/a.csv", done } => heard.1 = done,
                Event::Finished { task: "fetch x/a.csv" } => heard.2 = true,
                _ => {}
            }
        }
    }
    let server = Server::new(|_, _| ok(&content()));
    let root = tempfile::tempdir().expect("a temporary folder");
    let heard = Heard(Mutex::default());
    let manifest = manifest_of("x/a.csv", &content(), Some(&server.url("/a.csv")));
    fetch(&manifest, &shelves(root.path()), &policy(), &heard).expect("served");
    assert_eq!(*heard.0.lock().expect("not poisoned"), (true, 30_000, true));
}
