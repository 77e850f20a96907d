//! Where a download may go: the first address, and each one that a server redirects to.
//!
//! Host names are looked up by ureq through [`Guard`], which drops every address that is not on the public
//! internet. Behind a proxy the proxy looks names up, and only literal addresses can be checked here.

use std::io;

use ureq::Error;
use ureq::config::Config;
use ureq::http::Uri;
use ureq::unversioned::resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver};
use ureq::unversioned::transport::NextTimeout;

use super::super::url::{self, UrlError};

/// The addresses one download may use.
#[derive(Debug, Clone)]
pub(super) struct Route {
    /// `127.0.0.1:8000`, where the manifest itself names an address of this machine.
    loopback: Option<String>,
}

impl Route {
    /// Begins at an address of a manifest.
    pub(super) fn new(text: &str) -> Result<(Self, Uri), UrlError> {
        let uri = url::check_manifest_url(text)?;
        let local = url::literal_address(&uri).is_some_and(|ip| ip.is_loopback());
        let loopback = local.then(|| authority(&uri));
        Ok((Self { loopback }, uri))
    }

    /// Says whether the download stays on this machine.
    pub(super) fn is_local(&self) -> bool {
        self.loopback.is_some()
    }

    /// Resolves and checks where a server redirects to.
    pub(super) fn follow(&self, from: &Uri, location: &str) -> Result<Uri, UrlError> {
        let target = url::parse(&join(from, location))?;
        let same_server = self.loopback.as_ref().is_some_and(|home| *home == authority(&target));
        if same_server && target.scheme_str() == Some("http") {
            return Ok(target);
        }
        url::check_public(&target)?;
        Ok(target)
    }
}

fn authority(uri: &Uri) -> String {
    uri.authority().map(|authority| authority.as_str().to_ascii_lowercase()).unwrap_or_default()
}

/// Resolves a reference against the address it came from (RFC 3986, section 5.2, dot segments left to the
/// server).
fn join(from: &Uri, location: &str) -> String {
    let location = location.split('#').next().unwrap_or_default();
    let scheme = from.scheme_str().unwrap_or_default();
    let server = format!("{scheme}://{}", authority(from));
    let before_path = location.split(['/', '?']).next().unwrap_or_default();
    if before_path.contains(':') {
        location.to_owned()
    } else if location.starts_with("//") {
        format!("{scheme}:{location}")
    } else if location.starts_with('/') {
        format!("{server}{location}")
    } else if location.starts_with('?') {
        format!("{server}{}{location}", from.path())
    } else {
        let folder = from.path().rsplit_once('/').map_or("", |(folder, _)| folder);
        format!("{server}{folder}/{location}")
    }
}

/// Looks host names up, and keeps only addresses that the route may use.
#[derive(Debug)]
pub(super) struct Guard {
    route: Route,
    plain: DefaultResolver,
}

impl Guard {
    /// Guards one download.
    pub(super) fn new(route: &Route) -> Self {
        Self { route: route.clone(), plain: DefaultResolver::default() }
    }
}

impl Resolver for Guard {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.plain.resolve(uri, config, timeout)?;
        let is_proxy =
            config.proxy().is_some_and(|proxy| proxy.uri().authority() == uri.authority());
        let is_home = self.route.loopback.as_ref().is_some_and(|home| *home == authority(uri));
        if is_proxy || is_home {
            return Ok(found);
        }
        let mut public = self.empty();
        for address in found.iter().filter(|address| url::is_public(address.ip())) {
            public.push(*address);
        }
        if public.is_empty() {
            let host = uri.host().unwrap_or_default();
            let reason = format!("{host} is not on the public internet");
            return Err(Error::Io(io::Error::new(io::ErrorKind::PermissionDenied, reason)));
        }
        Ok(public)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow(from: &str, location: &str) -> Result<String, String> {
        let (route, uri) = Route::new(from).expect("a manifest may name it");
        route
            .follow(&uri, location)
            .map(|target| target.to_string())
            .map_err(|error| error.to_string())
    }

    #[test]
    fn a_redirect_is_resolved_like_a_link() {
        let from = "https://example.org/a/b.csv?x=1";
        for (location, target) in [
            ("https://example.com/c", "https://example.com/c"),
            ("//example.com/c", "https://example.com/c"),
            ("/c", "https://example.org/c"),
            ("c", "https://example.org/a/c"),
            ("?y=2", "https://example.org/a/b.csv?y=2"),
            ("/c#part", "https://example.org/c"),
        ] {
            assert_eq!(follow(from, location).as_deref(), Ok(target), "{location}");
        }
    }

    #[test]
    fn a_redirect_leaves_neither_https_nor_the_public_internet() {
        for location in [
            "http://example.org/a",
            "file:///etc/passwd",
            "ftp://example.org/a",
            "javascript:alert(1)",
            "https://127.0.0.1/a",
            "http://127.0.0.1/a",
            "https://[::1]/a",
            "https://[::ffff:10.0.0.1]/a",
            "https://169.254.169.254/latest/meta-data",
            "https://10.0.0.1/a",
            "https://192.168.1.1/a",
            "https://me:pw@example.org/a",
            "https:///a",
        ] {
            assert!(follow("https://example.org/a", location).is_err(), "{location}");
        }
    }

    #[test]
    fn a_local_mirror_may_redirect_to_itself_and_to_no_other_local_server() {
        let from = "http://127.0.0.1:8000/a";
        assert!(follow(from, "/b").is_ok());
        assert!(follow(from, "http://127.0.0.1:8001/b").is_err());
        assert!(follow(from, "http://127.0.0.1/b").is_err());
        assert!(follow(from, "http://localhost:8000/b").is_err());
        assert!(follow(from, "https://example.org/b").is_ok());
    }

    #[test]
    fn host_names_that_lead_to_this_machine_are_refused() {
        let (route, _) = Route::new("https://example.org/a").expect("a manifest may name it");
        let guard = Guard::new(&route);
        let config = Config::builder().proxy(None).build();
        let timeout = NextTimeout::default();
        for host in ["localhost", "2130706433", "127.1"] {
            let uri: Uri = format!("https://{host}/a").parse().expect("a URL");
            assert!(guard.resolve(&uri, &config, timeout).is_err(), "{host}");
        }
    }
}
