"""HTTP with nothing but the standard library."""
import json
import urllib.error
import urllib.request


def call(method, url, body=None, content_type="application/json", accept=None):
    """Sends a request; returns the status and the body, parsed when it is JSON."""
    data = None if body is None else json.dumps(body).encode()
    headers = {"Content-Type": content_type} if data is not None else {}
    if accept:
        headers["Accept"] = accept
    request = urllib.request.Request(url, data=data, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, _parse(answer.read(), answer.headers.get("Content-Type", ""))
    except urllib.error.HTTPError as error:
        return error.code, _parse(error.read(), error.headers.get("Content-Type", ""))


def _parse(body, content_type):
    return json.loads(body) if body and "json" in content_type else body.decode()
