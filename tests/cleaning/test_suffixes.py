"""Public suffixes, by the rules of the list: publicsuffix.org/list."""

import subprocess
import sys

import pytest

from streams.cleaning.suffixes import suffix_start


@pytest.mark.parametrize(
    ("host", "suffix"),
    [
        ("news.example", ""),
        ("www.bbc.co.uk", "co.uk"),
        ("WWW.BBC.CO.UK", "CO.UK"),
        ("co.uk", "co.uk"),
        ("a.b.github.io", "github.io"),
        ("io", "io"),
        ("a.city.kawasaki.jp", "kawasaki.jp"),  # !city.kawasaki.jp
        ("a.other.kawasaki.jp", "other.kawasaki.jp"),  # *.kawasaki.jp
        ("kawasaki.jp", "jp"),
        ("www.ck", "ck"),  # !www.ck
        ("a.www.ck", "ck"),
        ("a.co.ck", "co.ck"),  # *.ck
        ("食狮.公司.cn", "公司.cn"),
        ("xn--85x722f.xn--55qx5d.cn", "xn--55qx5d.cn"),
        ("xn--.cn", "cn"),
        ("", ""),
    ],
)
def test_where_the_suffix_of_a_host_begins(host: str, suffix: str) -> None:
    labels = host.split(".")
    assert ".".join(labels[suffix_start(labels) :]) == suffix


def test_tldextract_itself_is_not_loaded() -> None:
    code = "import sys, streams.cleaning.url as u; u.registrable_domain('https://a.example/')"
    code += "; print('tldextract' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"
