//! Which addresses data may be downloaded from.
//!
//! Pure: looks at the text only. Whether a host name leads to a private address is checked when it is
//! resolved, in `fetch`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ureq::http::Uri;

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UrlError(String);

fn refuse(reason: impl Into<String>) -> UrlError {
    UrlError(reason.into())
}

/// Checks an address that a manifest gives: `https` to a public host, or `http` to a literal loopback
/// address.
pub(super) fn check_manifest_url(text: &str) -> Result<Uri, UrlError> {
    let uri = parse(text)?;
    let local = literal_address(&uri).is_some_and(|ip| ip.is_loopback());
    if !(local && uri.scheme_str() == Some("http")) {
        check_public(&uri)?;
    }
    Ok(uri)
}

/// Checks that an address is `https`, and not literally one of this machine or its network.
pub(super) fn check_public(uri: &Uri) -> Result<(), UrlError> {
    match uri.scheme_str() {
        Some("https") => {}
        other => {
            let scheme = other.unwrap_or("an address without a scheme");
            return Err(refuse(format!("data are downloaded over https only, not {scheme}")));
        }
    }
    match literal_address(uri) {
        Some(ip) if !is_public(ip) => Err(refuse(format!("{ip} is not on the public internet"))),
        _ => Ok(()),
    }
}

/// Reads an absolute address with a host and no user name or password.
pub(super) fn parse(text: &str) -> Result<Uri, UrlError> {
    if text.len() > 2048 {
        return Err(refuse("a URL has at most 2048 bytes"));
    }
    let uri: Uri = text.parse().map_err(|error| refuse(format!("not a URL: {error}")))?;
    let authority = uri.authority().ok_or_else(|| refuse("a URL needs a scheme and a host"))?;
    if authority.as_str().contains('@') {
        return Err(refuse("a URL must not contain a user name or a password"));
    }
    if uri.scheme().is_none() || uri.host().is_none_or(str::is_empty) {
        return Err(refuse("a URL needs a scheme and a host"));
    }
    Ok(uri)
}

/// Returns the address that a URL's host literally is, if it is one.
pub(super) fn literal_address(uri: &Uri) -> Option<IpAddr> {
    let host = uri.host()?;
    host.trim_start_matches('[').trim_end_matches(']').parse().ok()
}

/// Says whether an address is one that everyone on the internet reaches: not this machine, its network,
/// a cloud's metadata service, or a form that hides one of them.
pub(super) fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// The registry of special-purpose IPv4 addresses (IANA, RFC 6890 and its updates).
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    !(a == 0
        || ip.is_loopback()
        || ip.is_private()
        || ip.is_link_local()
        || ip.is_broadcast()
        || ip.is_multicast()
        || ip.is_documentation()
        || (a == 100 && (64..128).contains(&b))
        || (a == 192 && b == 0 && c == 0)
        || (a == 192 && b == 88 && c == 99)
        || (a == 198 && (b == 18 || b == 19))
        || a >= 240)
}

/// Only 2000::/3 is routed; within it, the blocks that carry IPv4 addresses or are for documentation are not.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    let segments = ip.segments();
    let routed = segments[0] & 0xe000 == 0x2000;
    let teredo_and_kin = segments[0] == 0x2001 && segments[1] < 0x200;
    let documentation =
        (segments[0] == 0x2001 && segments[1] == 0xdb8) || segments[0] & 0xfff0 == 0x3ff0;
    let six_to_four = segments[0] == 0x2002;
    // 64:ff9b::/96 carries an IPv4 address: it is as public as that address.
    if segments[..6] == [0x64, 0xff9b, 0, 0, 0, 0] {
        let [.., a, b, c, d] = ip.octets();
        return is_public_v4(Ipv4Addr::new(a, b, c, d));
    }
    routed && !teredo_and_kin && !documentation && !six_to_four
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn special_addresses_are_not_public() {
        for special in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.255",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.1",
            "192.0.2.1",
            "192.168.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "::ffff:127.0.0.1",
            "fe80::1",
            "fc00::1",
            "fd12::1",
            "ff02::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b::7f00:1",
            "2001::1",
            "::7f00:1",
        ] {
            assert!(!is_public(special.parse().expect("an address")), "{special}");
        }
        for public in
            ["1.1.1.1", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::101:101"]
        {
            assert!(is_public(public.parse().expect("an address")), "{public}");
        }
    }
}
