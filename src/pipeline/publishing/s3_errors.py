"""What S3 and its client complain of, in one sentence with a remedy."""

from __future__ import annotations

from typing import Any

from pipeline.errors import StoreError
from pipeline.publishing.stores import UnreachableError

__all__ = ["code_of", "explain"]

_AGAIN = "Publish again a little later, and it finishes the work."
_RENEW = "Renew them (`aws sso login`, or new keys), then publish again, and it finishes the work."
_RIGHTS = (
    "Allow s3:ListBucket on the bucket and s3:GetObject, s3:PutObject and s3:DeleteObject on what is in it, "
    "or use the credentials of somebody who may."
)

_EXPIRED = """
    ExpiredToken ExpiredTokenException TokenRefreshRequired RequestExpired UnauthorizedSSOTokenError SSOTokenLoadError
    TokenRetrievalError CredentialRetrievalError LoginRefreshRequired
"""
_FAILING = """
    SlowDown ServiceUnavailable InternalError InternalFailure RequestTimeout Throttling ThrottlingException
    TooManyRequests RequestLimitExceeded 429 500 502 503 504
"""

# Codes of the API and names of the client's own exceptions -> (what is wrong, remedy).
_FAULTS = [
    (
        "NoSuchBucket",
        "there is no such bucket",
        "Create it (`aws s3 mb`), or mend [publish] `target`, `region` or `endpoint_url`.",
    ),
    ("InvalidBucketName ParamValidationError", "this is not a valid bucket name", "Mend [publish] `target`."),
    ("AccessDenied AllAccessDisabled Forbidden 403 401 Unauthorized", "access is denied", _RIGHTS),
    (
        _EXPIRED,
        "the credentials have expired or cannot be renewed",
        _RENEW,
    ),
    (
        "InvalidAccessKeyId SignatureDoesNotMatch InvalidToken InvalidClientTokenId AuthFailure",
        "the credentials are not valid here",
        "Check the access key, [publish] `profile` and `endpoint_url`.",
    ),
    (
        "NoCredentialsError PartialCredentialsError",
        "no complete credentials were found",
        "Run `aws configure`, set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a [publish] `profile`.",
    ),
    ("RequestTimeTooSkewed", "this computer's clock is wrong", "Set it, then publish again."),
    (
        "PermanentRedirect TemporaryRedirect AuthorizationHeaderMalformed IllegalLocationConstraintException 301 307",
        "the bucket is in another region",
        "Set [publish] `region` to the bucket's.",
    ),
    (
        "RecursionError",  # the client asks where a bucket is, is redirected, asks where it is …
        "the server redirects every request",
        "Mend [publish] `endpoint_url` (is it https?) or `region`.",
    ),
    (
        _FAILING,
        "the server is overloaded or failing, after several attempts",
        _AGAIN,
    ),
    (
        "NotImplemented 501",
        "the server does not know how to write under a condition, so two publishers could overwrite each other",
        "Use a server that knows If-Match and If-None-Match; or see to it that only one publishes, and say --no-lock.",
    ),
    (
        "BadDigest InvalidDigest XAmzContentSHA256Mismatch XAmzContentChecksumMismatch IncompleteBody",
        "what arrived is not what was sent",
        "If the site is being built, let that finish; then publish again.",
    ),
    ("EntityTooLarge", "a file is larger than the server takes", "Make the file smaller, or keep it elsewhere."),
    ("QuotaExceeded InsufficientStorage 507", "the server has no space left", "Make room, then publish again."),
    (
        "ResponseParserError NoSuchKey 404 405",
        "this is no S3 server, or not the address of its API",
        "Mend [publish] `endpoint_url`.",
    ),
]
_KNOWN = {code: (message, remedy) for codes, message, remedy in _FAULTS for code in codes.split()}

_OUT_OF_REACH = {
    "EndpointConnectionError",
    "ConnectTimeoutError",
    "ReadTimeoutError",
    "ConnectionClosedError",
    "ProxyConnectionError",
    "SSLError",
    "HTTPClientError",
    "ResponseStreamingError",
    "IncompleteReadError",
}


def code_of(error: Exception) -> str:
    """The code in the server's answer, else the status, else the name of the client's exception."""
    response: dict[str, Any] = getattr(error, "response", None) or {}
    code = response.get("Error", {}).get("Code") or response.get("ResponseMetadata", {}).get("HTTPStatusCode")
    return str(code or type(error).__name__)


def explain(error: Exception | str, code: str, target: str) -> StoreError:
    """The StoreError for a fault that happened while publishing to `target`."""
    if code in _OUT_OF_REACH:
        return UnreachableError(
            f"{target} cannot be reached: {str(error).rstrip('. ')}.",
            remedy=f"Check the network and [publish] `endpoint_url`. {_AGAIN}",
        )
    if code in _KNOWN:
        message, remedy = _KNOWN[code]
        fault = StoreError(f"{target}: {message} ({code}).", remedy=remedy)
        fault.passing = code in _FAILING.split()
        return fault
    return StoreError(f"{target}: {str(error).rstrip('. ')}.", remedy=f"The server's answer was {code}. {_AGAIN}")
