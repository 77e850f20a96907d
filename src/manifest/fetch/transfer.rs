//! One transfer: from an address into a file, no byte more than declared, no longer than patience lasts.
//!
//! Reads the network; writes the one open file it is given. Says what happened in words.

use std::fs::File;
use std::io::{self, Read, Write as _};
use std::time::{Duration, Instant};

use ureq::http::{Response, Uri, header};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::unversioned::transport::DefaultConnector;
use ureq::{Agent, Body, Error};

use crate::digest::Sha256;
use crate::event::{Event, Observer};

use super::super::shelves::plain;
use super::route::{Guard, Route};
use super::{FetchPolicy, Trouble};

/// The longest wait that a busy server may ask for.
const LONGEST_WAIT: Duration = Duration::from_mins(1);

/// What to fetch.
pub(super) struct Wanted<'a> {
    /// The path, for messages.
    pub(super) path: &'a str,
    /// The address in the manifest.
    pub(super) url: &'a str,
    /// The declared size.
    pub(super) bytes: u64,
}

/// Asks for a file until the server has an answer; returns it with the address it came from.
pub(super) fn ask(
    wanted: &Wanted<'_>,
    policy: &FetchPolicy,
) -> Result<(Response<Body>, Uri), Trouble> {
    let (route, first) =
        Route::new(wanted.url).map_err(|error| Trouble::refused(error.to_string()))?;
    let agent = agent(&route, policy);
    let mut attempt = 1;
    loop {
        let (response, from) = follow(&agent, &route, &first, policy)?;
        let status = response.status().as_u16();
        if status == 200 {
            check_headers(&response, wanted.bytes)?;
            return Ok((response, from));
        }
        let busy = status == 429 || (500..600).contains(&status);
        if !busy || attempt >= policy.attempts {
            return Err(Trouble::status(status, attempt));
        }
        let doubled = policy.back_off.saturating_mul(2_u32.saturating_pow(attempt - 1));
        let wait = retry_after(&response).unwrap_or(doubled);
        if wait > LONGEST_WAIT {
            let seconds = wait.as_secs();
            return Err(Trouble::busy(format!(
                "the server answered {status} and asks to come back in {seconds} seconds"
            )));
        }
        std::thread::sleep(wait);
        attempt += 1;
    }
}

fn agent(route: &Route, policy: &FetchPolicy) -> Agent {
    let stall = Some(policy.stall);
    let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
    let mut config = Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(0)
        .https_only(!route.is_local())
        .tls_config(tls)
        .user_agent(concat!("secondlook/", env!("CARGO_PKG_VERSION")))
        .accept_encoding("identity")
        .timeout_resolve(stall)
        .timeout_connect(stall)
        .timeout_send_request(stall)
        .timeout_recv_response(stall)
        .timeout_per_read(stall)
        .timeout_per_write(stall);
    if route.is_local() {
        config = config.proxy(None);
    }
    Agent::with_parts(config.build(), DefaultConnector::default(), Guard::new(route))
}

fn follow(
    agent: &Agent,
    route: &Route,
    first: &Uri,
    policy: &FetchPolicy,
) -> Result<(Response<Body>, Uri), Trouble> {
    let mut at = first.clone();
    for _ in 0..=policy.redirects {
        let response = agent.get(&at).call().map_err(|error| Trouble::of(&error, policy))?;
        if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
            return Ok((response, at));
        }
        let location = response.headers().get(header::LOCATION).and_then(|to| to.to_str().ok());
        let Some(location) = location else {
            return Err(Trouble::refused("the server redirects to nowhere".to_owned()));
        };
        at = route.follow(&at, location).map_err(|error| {
            let shown: String = location.chars().take(200).collect();
            Trouble::refused(format!("the server redirects to {}: {error}", shown.escape_debug()))
        })?;
    }
    Err(Trouble::refused(format!("the server redirects more than {} times", policy.redirects)))
}

fn check_headers(response: &Response<Body>, expected: u64) -> Result<(), Trouble> {
    let word = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(coding) = word(header::CONTENT_ENCODING).filter(|coding| *coding != "identity") {
        return Err(Trouble::refused(format!(
            "the server sends the file compressed ({}), though it was asked not to",
            coding.escape_debug()
        )));
    }
    match word(header::CONTENT_LENGTH).and_then(|length| length.trim().parse::<u64>().ok()) {
        Some(found) if found != expected => Err(Trouble::other_file(format!(
            "the file at this address has {found} bytes; {expected} are expected"
        ))),
        _ => Ok(()),
    }
}

fn retry_after(response: &Response<Body>) -> Option<Duration> {
    let seconds =
        response.headers().get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

/// Reads an answer into a file, at most one byte more than declared; checks size and checksum.
pub(super) fn receive(
    response: Response<Body>,
    into: &File,
    wanted: &Wanted<'_>,
    expected: Sha256,
    policy: &FetchPolicy,
    observer: &dyn Observer,
) -> Result<(), Trouble> {
    let task = format!("fetch {}", wanted.path);
    observer.event(Event::Started { task: &task, total: Some(wanted.bytes) });
    let body = response.into_body().into_reader().take(wanted.bytes.saturating_add(1));
    let mut copy = Copying { body, into, pace: Pace::new(policy), broken: None, received: 0 };
    let hashed = Sha256::of_stream(&mut copy, |done| {
        observer.event(Event::Advanced { task: &task, done });
    });
    observer.event(Event::Finished { task: &task });
    let (found, bytes) = hashed.map_err(|error| copy.trouble(&error, wanted.bytes, policy))?;
    match bytes {
        more if more > wanted.bytes => Err(Trouble::other_file(format!(
            "the server sends more than the {} bytes that are expected",
            wanted.bytes
        ))),
        fewer if fewer < wanted.bytes => Err(Trouble::cut(fewer, wanted.bytes)),
        _ if found != expected => Err(Trouble::other_file(format!(
            "the download has SHA-256 {found}; {expected} is expected (the size, {bytes} bytes, is right)"
        ))),
        _ => Ok(()),
    }
}

/// Why a transfer stopped on our side.
enum Broken {
    Slow { bytes: u64, during: Duration },
    Write(String),
}

/// A body that is written down while it is read.
struct Copying<'a, R> {
    body: R,
    into: &'a File,
    pace: Pace,
    broken: Option<Broken>,
    received: u64,
}

impl<R> Copying<'_, R> {
    fn trouble(&self, error: &io::Error, expected: u64, policy: &FetchPolicy) -> Trouble {
        match &self.broken {
            Some(Broken::Write(why)) => Trouble::cache(why),
            Some(Broken::Slow { bytes, during }) => Trouble::busy(format!(
                "the transfer is too slow: {bytes} bytes in {} seconds",
                during.as_secs()
            )),
            None if timed_out(error) => Trouble::busy(format!(
                "the server sent nothing for {} seconds, after {} of {expected} bytes",
                policy.stall.as_secs_f32(),
                self.received
            )),
            None => Trouble::cut(self.received, expected),
        }
    }
}

impl<R: Read> Read for Copying<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.body.read(buffer)?;
        self.received += read as u64;
        if let Err(error) = self.into.write_all(buffer.get(..read).unwrap_or_default()) {
            self.broken = Some(Broken::Write(plain(&error)));
            return Err(error);
        }
        if let Some(slow) = self.pace.after(read as u64) {
            self.broken = Some(slow);
            return Err(io::ErrorKind::TimedOut.into());
        }
        Ok(read)
    }
}

/// Watches how fast bytes come.
struct Pace {
    since: Instant,
    bytes: u64,
    minimum_rate: u64,
    window: Duration,
}

impl Pace {
    fn new(policy: &FetchPolicy) -> Self {
        let (minimum_rate, window) = (policy.minimum_rate, policy.rate_window);
        Self { since: now(), bytes: 0, minimum_rate, window }
    }

    fn after(&mut self, read: u64) -> Option<Broken> {
        self.bytes += read;
        let during = now().duration_since(self.since);
        if during < self.window || read == 0 {
            return None;
        }
        let wanted = u128::from(self.minimum_rate) * during.as_millis() / 1000;
        let bytes = std::mem::take(&mut self.bytes);
        self.since = now();
        (u128::from(bytes) < wanted).then_some(Broken::Slow { bytes, during })
    }
}

/// Says whether a read ended because nothing came: ureq wraps its own error into the system's.
fn timed_out(error: &io::Error) -> bool {
    let inner = error.get_ref().and_then(|inner| inner.downcast_ref::<Error>());
    error.kind() == io::ErrorKind::TimedOut || matches!(inner, Some(Error::Timeout(_)))
}

#[expect(clippy::disallowed_methods, reason = "the pace of a transfer is watched, never written")]
fn now() -> Instant {
    Instant::now()
}

impl Trouble {
    /// Describes what ureq says.
    fn of(error: &Error, policy: &FetchPolicy) -> Self {
        match error {
            Error::Timeout(_) => Self::busy(format!(
                "the server did not answer within {} seconds",
                policy.stall.as_secs_f32()
            )),
            Error::HostNotFound => Self::network("the host name is not known".to_owned()),
            Error::Io(error) if error.kind() == io::ErrorKind::PermissionDenied => {
                let help = "a server inside a network of its own is not asked: download the file yourself, and put it beside the manifest or in the data folder";
                Self::new(error.to_string(), help)
            }
            Error::Io(error) => Self::network(format!("no connection: {}", plain(error))),
            other => Self::network(format!("no answer: {other}")),
        }
    }
}
