"""`jobbfyr serve`: the built site in a browser on this machine, for a look before it is put on a web server."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import click

from aggregator.app.cli import region_folder, shared_options
from aggregator.app.output import emit, say
from aggregator.errors import UsageError


@click.command()
@shared_options
@click.option("--port", type=click.IntRange(0, 65535), default=8080, show_default=True, help="0 takes a free one.")
@click.option("--site", type=click.Path(path_type=Path), help="Serve this folder instead of the region's site.")
def serve(folder: Path | None, *, as_json: bool, port: int, site: Path | None) -> None:
    """Look at the built web site in a browser on this machine."""
    if site is None:
        from aggregator.settings.quick import database_of

        region = region_folder(folder)
        _, output = database_of(region)
        site = region / output / "site"
    if not (site / "index.html").is_file():
        raise UsageError(f"{site}: no site has been built there yet", hint="`jobbfyr run` builds it")
    handler = partial(QuietHandler, directory=str(site))
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise UsageError(f"port {port} cannot be used: {error.strerror}", hint="choose another with --port") from error
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    if as_json:
        emit({"address": address, "folder": str(site)})
    else:
        say(f"the site is at {address} (stop with Ctrl-C)")
    with server, suppress(KeyboardInterrupt):  # which is how one stops it
        server.serve_forever()


class QuietHandler(SimpleHTTPRequestHandler):
    """Serves files without a line for each, and the site's own page for what is missing."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {".atom": "application/atom+xml"}

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class names it so
        """Stay silent."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        missing = Path(str(self.directory)) / "404.html"
        if code == 404 and missing.is_file():
            body = missing.read_bytes()
            self.send_response(404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        else:
            super().send_error(code, message, explain)
