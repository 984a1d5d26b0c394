"""Texts that a page must show as they are: more than 200 ways to become markup or a script."""

_SCRIPTS = ("alert(1)", "location='//evil.example'", "fetch('/console')")
_HANDLERS = ("onerror", "onload", "onfocus", "onmouseover", "ontoggle", "onanimationstart")
_TAGS = ("img src=x", "svg", "body", "details open", "input autofocus", "video src=x", "iframe")
_ENDINGS = ("", '"', "'", '">', "'>", "</title>", "</textarea>", "</code>", "-->", "`", "]]>")
_ODD = (
    "{{ 7 * 7 }}",
    "{% print(config) %}",
    "${7*7}",
    "<%= 7 * 7 %>",
    "#{7*7}",
    "{{ ''.__class__ }}",
    "javascript:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&#60;script&#62;",
    "%3Cscript%3Ealert(1)%3C/script%3E",
    "\\u003cscript\\u003e",
    "\uff1cscript\uff1ealert(1)\uff1c/script\uff1e",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<SCRIPT SRC=//evil.example/x.js>",
    "<base href=//evil.example/>",
    "<meta http-equiv=refresh content=0;url=//evil.example>",
    "<link rel=stylesheet href=//evil.example/x.css>",
    "<style>*{display:none}</style>",
    "<form action=//evil.example><button>Sign in</button></form>",
    "<math><mtext><img src=x onerror=alert(1)>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "<!--<img src='--><img src=x onerror=alert(1)//'>",
    "\u202eevil\u202c",
    "\u2028alert(1)\u2029",
    "\ufeff<script>",
    "' OR 1 = 1 --",
    '"; DROP TABLE resource; --',
    "%' OR '1' = '1",
    '=HYPERLINK("//evil.example")',
    "../../etc/passwd",
    "a" * 400,
)

HOSTILE = (
    *(f"{ending}<script>{script}</script>" for ending in _ENDINGS for script in _SCRIPTS),
    *(f"<{tag} {handler}={_SCRIPTS[0]}>" for tag in _TAGS for handler in _HANDLERS),
    *(f'{ending} {handler}="{_SCRIPTS[0]}' for ending in _ENDINGS for handler in _HANDLERS),
    *(f"{ending}<svg/onload={_SCRIPTS[0]}>" for ending in _ENDINGS),
    *(
        f"{ending}<a href=javascript:{script}>x</a>"
        for ending in _ENDINGS[:7]
        for script in _SCRIPTS
    ),
    *_ODD,
)
