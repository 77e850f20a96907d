//! A server on this machine that misbehaves on request.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What the server does with one request.
pub(super) enum Reply {
    /// Sends these bytes and closes.
    Send(Vec<u8>),
    /// Sends the bytes again and again until the other side closes.
    Endless(Vec<u8>),
    /// Sends the bytes and then nothing, with the connection open.
    Stall(Vec<u8>),
    /// Sends the first bytes, then one of the others every few milliseconds.
    Trickle(Vec<u8>, Vec<u8>),
}

/// A running server; it ends when it is dropped.
pub(super) struct Server {
    address: String,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server that answers the request with a number (from 0) and a head.
    pub(super) fn new(answer: impl Fn(usize, &str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("bound").to_string();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (Arc::clone(&heard), Arc::new(answer));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let Ok(mut stream) = stream else { return };
                let head = read_head(&stream);
                if head.starts_with("QUIT") {
                    return;
                }
                let number = {
                    let mut log = log.lock().expect("not poisoned");
                    log.push(head.clone());
                    log.len() - 1
                };
                let answer = Arc::clone(&answer);
                thread::spawn(move || play(&mut stream, answer(number, &head)));
            }
        });
        Self { address, heard }
    }

    /// The address of a path.
    pub(super) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// The heads of the requests so far.
    pub(super) fn heard(&self) -> Vec<String> {
        self.heard.lock().expect("not poisoned").clone()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Ok(mut stream) = TcpStream::connect(&self.address) {
            drop(stream.write_all(b"QUIT\r\n\r\n"));
        }
    }
}

fn read_head(stream: &TcpStream) -> String {
    let mut head = String::new();
    let mut reader = BufReader::new(stream);
    while !head.ends_with("\r\n\r\n") {
        if reader.read_line(&mut head).unwrap_or(0) == 0 {
            break;
        }
    }
    head
}

fn play(stream: &mut TcpStream, reply: Reply) {
    match reply {
        Reply::Send(bytes) => drop(stream.write_all(&bytes)),
        Reply::Endless(bytes) => while stream.write_all(&bytes).is_ok() {},
        Reply::Stall(bytes) => {
            drop(stream.write_all(&bytes));
            thread::sleep(Duration::from_secs(5));
        }
        Reply::Trickle(first, then) => {
            drop(stream.write_all(&first));
            for byte in then {
                thread::sleep(Duration::from_millis(20));
                if stream.write_all(&[byte]).is_err() {
                    return;
                }
            }
        }
    }
}

/// A right answer: status line, length, body.
pub(super) fn ok(body: &[u8]) -> Reply {
    answer("200 OK", "", body, body.len())
}

/// An answer with a status, further header lines (each ended), a body and the length it claims.
pub(super) fn answer(status: &str, headers: &str, body: &[u8], length: usize) -> Reply {
    let mut bytes = format!(
        "HTTP/1.1 {status}\r\nContent-Length: {length}\r\nConnection: close\r\n{headers}\r\n"
    )
    .into_bytes();
    bytes.extend_from_slice(body);
    Reply::Send(bytes)
}

/// The head of an answer that does not say how long it is.
pub(super) fn head_without_length() -> Vec<u8> {
    b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n".to_vec()
}

/// A redirect.
pub(super) fn redirect(to: &str) -> Reply {
    answer("302 Found", &format!("Location: {to}\r\n"), b"", 0)
}
