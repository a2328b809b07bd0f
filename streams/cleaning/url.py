"""Which article a URL names: the canonical form and the id that is made of it.

Frozen: an article's id is the hash of its canonical URL, kept by consumers for ever, so a change of any rule
here is a change of the contract (tests/cleaning/test_url.py holds golden vectors). The rule, and why:

* scheme and host in lower case, IDN as punycode, no trailing dot, no default port, no user, no fragment
  (RFC 3986, 6.2.2);
* percent-encoding in capitals, unreserved characters plain, what is outside of ASCII encoded as UTF-8;
* dot segments resolved, an empty path is "/", session ids in the path go; a trailing slash and the letters'
  case stay, because servers do tell them apart;
* parameters that only say how a reader came here go, all others stay, in their order: a parameter kept in
  error splits one article in two (de-duplication finds that), one dropped in error makes one of a whole site.
"""

import re
from functools import cache, lru_cache
from hashlib import blake2b
from urllib.parse import quote, unquote, urljoin

import idna
from publicsuffixlist import PublicSuffixList

ID_BYTES = 16
MAX_HOST = 253  # characters of a domain name (RFC 1035); longer ones are not remembered
REMEMBERED_HOSTS = 4_096  # with their sites: finding one takes 8 us, up to three times a page

TRACKING_PREFIXES = (
    "utm_",
    "at_custom",
    "mtm_",
    "matomo_",
    "pk_",
    "hsa_",
    "oly_",
    "vero_",
    "wt_",
    "itm_",
    "stm_",
)
_TRACKING_NAMES = (
    "fbclid gclid gclsrc dclid gbraid wbraid msclkid yclid ysclid twclid ttclid li_fat_id igshid igsh "
    "mc_cid mc_eid mkt_tok _ga _gl _hsenc _hsmi __twitter_impression __s s_cid s_kwcid ncid cmpid cmp "
    "icid ito ocid xtor smid smtyp sr_share ref_src ref_url at_medium at_campaign at_link_id "
    "at_link_type at_link_origin at_format at_ptr_name ns_mchannel ns_source ns_campaign ns_linkname "
    "ns_fee guccounter guce_referrer guce_referrer_sig sref sharetype share_from amp_js_v amp_gsa "
    "usqp wprov trk trkcampaign rb_clickid epik srsltid fb_action_ids fb_action_types fb_source "
    "fb_ref action_object_map action_type_map action_ref_map jsessionid phpsessid"
)
TRACKING = frozenset(_TRACKING_NAMES.split())

_BREAKS = re.compile(r"[\t\r\n]")
_PARTS = re.compile(r"(https?):[/\\]{2,}([^/?#\\]+)([^?#]*)(?:\?([^#]*))?", re.IGNORECASE)
_PLAIN_HOST = re.compile(r"[\w.-]+")
_HOST = re.compile(r"(\[[0-9a-f:.]+\]|[^\s:\[\]]+)(?::([0-9]*))?")
_NO_HOST = re.compile(r"[/?#].*", re.DOTALL)  # what was quoted with the host
_DOTS = re.compile("[\u3002\uff0e\uff61]")  # full stops to IDNA, too
_DEFAULT_PORTS = {("http", "80"), ("https", "443")}
_SESSION = re.compile(r";jsessionid=[^/;?]*", re.IGNORECASE)
_SECTION = re.compile(r"(?=.{3})[a-zA-Z]{2,20}(?:-[a-zA-Z]{2,20}){0,2}")
_NO_SECTION_NAMES = (
    "article articles articulo artikel articolo artigo story stories news-story post posts blog blogs "
    "content node view page pages archive archives detail index amp print mobile www wiki doc docs media "
    "video videos live latest author tag tags topic topics category categories section sections kategorie "
    "categoria thema tema sites default public"
)
_NO_SECTION = frozenset(_NO_SECTION_NAMES.split())
_NUMBER = re.compile(r"\d+|0x[0-9a-f]*", re.IGNORECASE)
_ESCAPE = re.compile(r"%([0-9a-fA-F]{2})")
# As most paths and parameters are: what both take as it is, and no "%".
_NOTHING_TO_ENCODE = re.compile(r"[A-Za-z0-9/:@!$'()*+,;=~._-]*")
_STRAY_PERCENT = re.compile(r"%(?![0-9a-fA-F]{2})")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_PATH_SAFE = "/:@!$&'()*+,;=~%-._"
_QUERY_SAFE = "/?:@!$'()*+,;=~%-._[]|"

_TOKEN = re.compile(r"\d+|[^\W\d_]+")
MIN_SHARED_LETTERS = 4  # of a word that a canonical path and the received one have in common
_EXTENSION = re.compile(r"\.[a-zA-Z]{2,5}$")  # "html" in both says nothing


def article_id(canonical: str) -> str:
    """32 hex digits: blake2b-128 of the canonical URL."""
    return blake2b(canonical.encode(errors="surrogatepass"), digest_size=ID_BYTES).hexdigest()


def canonical_url(url: str, declared: str | None = None) -> str:
    """The URL that names the article: the page's own rel=canonical where that can be believed (`believable`),
    else the received one, either in canonical form. A string that is no http(s) URL comes back stripped.
    """
    received = _canonical_form(url)
    if not declared or not declared.strip():
        return received
    try:
        joined = urljoin(received, declared.strip())
    except ValueError:
        return received
    candidate = _canonical_form(joined)
    return candidate if believable(candidate, received) else received


def believable(candidate: str, received: str) -> bool:
    """Whether a declared canonical URL can name the article that came from the other (both canonical forms).

    Pages whose canonical is the home page, a section or another site would collapse many articles into one.
    So: the same registrable domain, and a path that shares a word of four letters or a number with the last
    segment of the received one. Where the received URL tells its articles apart by parameters (/story?id=7)
    and the candidate has none, a shared script name proves nothing: a number or two words must be shared.
    """
    theirs, ours = _PARTS.fullmatch(candidate), _PARTS.fullmatch(received)
    if theirs is None or ours is None or registrable_domain(candidate) != registrable_domain(received):
        return False
    segment = ours[3].removesuffix("/").removesuffix("/amp").rpartition("/")[2]
    shared = path_words(segment) & path_words(theirs[3])
    if ours[4] and not theirs[4]:
        return any(token.isdecimal() for token in shared) or len(shared) >= 2
    return bool(shared)


def path_words(path: str) -> frozenset[str]:
    """The numbers and the words of MIN_SHARED_LETTERS in a path or a headline, folded; no file extension."""
    words = _TOKEN.findall(_EXTENSION.sub("", unquote(path)).casefold())
    return frozenset(word for word in words if word.isdecimal() or len(word) >= MIN_SHARED_LETTERS) - {
        "index"
    }


def section_in_path(url: str) -> str | None:
    """The first segment of a path that has others behind it, as words, where it is a word and not a kind of
    page, a language or a number: a guess at the section.
    """
    parts = _PARTS.match(url.strip())
    segments = [segment for segment in parts[3].split("/") if segment] if parts else []
    if len(segments) < 2 or not _SECTION.fullmatch(segments[0]) or segments[0].lower() in _NO_SECTION:
        return None
    return segments[0].replace("-", " ")


def registrable_domain(url: str) -> str | None:
    """The domain its owner registered ("bbc.co.uk"); a host without one (an address, "localhost") is its own.

    By the public suffix list with its private part: each blog of a hoster is a site.
    """
    parts = _PARTS.match(url.strip())
    if parts is None:
        return None
    return _site(parts[2]) if len(parts[2]) <= MAX_HOST else _site.__wrapped__(parts[2])


@lru_cache(REMEMBERED_HOSTS)
def _site(authority: str) -> str | None:
    match = _HOST.fullmatch(authority.rpartition("@")[2].lower())
    host = unquote(match[1]).strip(".") if match else ""
    if not host or host.startswith("[") or _is_address(host):
        return host or None
    host = _DOTS.sub(".", _NO_HOST.sub("", host)).strip(".")
    return _suffixes().privatesuffix(host) or host or None


def _canonical_form(url: str) -> str:
    stripped = _BREAKS.sub("", url).strip()
    parts = _PARTS.match(stripped)
    if parts is None:
        return stripped
    scheme = parts[1].lower()
    host = (_host if len(parts[2]) <= MAX_HOST else _host.__wrapped__)(scheme, parts[2])
    if not host:
        return stripped
    path = _resolve_dots(_encode(_SESSION.sub("", parts[3].replace("\\", "/")), _PATH_SAFE)) or "/"
    query = "&".join(
        _encode(pair, _QUERY_SAFE) for pair in (parts[4] or "").split("&") if pair and not _is_tracking(pair)
    )
    return f"{scheme}://{host}{path}{'?' + query if query else ''}"


@lru_cache(REMEMBERED_HOSTS)
def _host(scheme: str, authority: str) -> str:
    """Host and port in canonical form, empty where that is no host."""
    match = _HOST.fullmatch(authority.rpartition("@")[2].lower())
    if match is None:
        return ""
    host, port = match[1], match[2]
    if _PLAIN_HOST.fullmatch(decoded := unquote(host)):
        host = decoded.lower()
    if not host.isascii():
        try:
            host = idna.encode(host.strip(".。"), uts46=True).decode("ascii")
        except UnicodeError:
            host = quote(host, safe=".-_~", errors="replace").lower()
    host = host.strip(".")
    if not host or not port or (scheme, port) in _DEFAULT_PORTS:
        return host
    return f"{host}:{port}"


def _encode(part: str, safe: str) -> str:
    if _NOTHING_TO_ENCODE.fullmatch(part):
        return part
    part = _STRAY_PERCENT.sub("%25", part)
    part = _ESCAPE.sub(lambda m: c if (c := chr(int(m[1], 16))) in _UNRESERVED else m[0].upper(), part)
    return quote(part, safe=safe, errors="replace")


def _resolve_dots(path: str) -> str:
    if "/." not in path:
        return path
    done: list[str] = []
    segments = path.split("/")
    for segment in segments[1:]:
        if segment == "..":
            if done:
                done.pop()
        elif segment != ".":
            done.append(segment)
    if segments[-1] in (".", ".."):
        done.append("")
    return "/" + "/".join(done)


def _is_tracking(pair: str) -> bool:
    name = unquote(pair.partition("=")[0]).lower()
    return name in TRACKING or name.startswith(TRACKING_PREFIXES)


def _is_address(host: str) -> bool:
    """Whether a host's last label is a number: an IPv4 address, well written or not (WHATWG URL, 3.5)."""
    return _NUMBER.fullmatch(host.rpartition(".")[2]) is not None


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
