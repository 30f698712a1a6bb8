"""The headers that every reply has."""

from __future__ import annotations

from flask import Flask, Response


def security_headers(frame_ancestors: str = "'none'") -> dict[str, str]:
    """Return them; ``frame_ancestors`` are the sites that may show the page inside."""
    policy = (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        f"frame-ancestors {frame_ancestors}",
    )
    return {
        "Content-Security-Policy": "; ".join(policy),
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        # Static files and lists bring their own.
        "Cache-Control": "no-store",
    }


def register(app: Flask, frame_ancestors: str) -> None:
    """Have an application send them."""
    headers = security_headers(frame_ancestors)

    def add(response: Response) -> Response:
        for name, value in headers.items():
            response.headers.setdefault(name, value)
        return response

    app.after_request(add)
