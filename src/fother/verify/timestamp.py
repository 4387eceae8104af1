"""Time stamps of RFC 3161: that some bytes existed at a time, by the word of a time-stamping authority.

The response is checked as RFC 3161 section 2.4.2, RFC 5652 section 5.4 and RFC 5816 say: the token is over
our digest, signed by the certificate that it names, which is for time-stamping only and leads to a root that
the verifier trusts. Whether a certificate was revoked is not looked up.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID

from fother.verify import der
from fother.verify.der import Element, inside
from fother.verify.errors import VerificationError

MAX_BYTES = 200_000
_MAX_CHAIN = 6

_SIGNED_DATA, _TOKEN = "1.2.840.113549.1.7.2", "1.2.840.113549.1.9.16.1.4"
_CONTENT_TYPE, _MESSAGE_DIGEST = "1.2.840.113549.1.9.3", "1.2.840.113549.1.9.4"
_CERTIFICATE, _CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.12", "1.2.840.113549.1.9.16.2.47"
_HASHES: dict[str, tuple[str, hashes.HashAlgorithm]] = {
    "2.16.840.1.101.3.4.2.1": ("sha256", hashes.SHA256()),
    "2.16.840.1.101.3.4.2.2": ("sha384", hashes.SHA384()),
    "2.16.840.1.101.3.4.2.3": ("sha512", hashes.SHA512()),
}
_DAMAGED = (
    ValueError,
    TypeError,
    UnsupportedAlgorithm,
    x509.InvalidVersion,
    x509.DuplicateExtension,
    x509.UnsupportedGeneralNameType,
)


@dataclass(frozen=True)
class Stamp:
    """What a time stamp says."""

    time: datetime  #: UTC, as the authority says
    serial: int  #: of the stamp, unique for the authority
    policy: str  #: object identifier
    authority: str  #: subject of the certificate that signed
    trusted: bool  #: its certificate leads to one of the roots that were given


def check(untrusted: bytes, digest: bytes, roots: Sequence[x509.Certificate] = ()) -> Stamp:
    """What a response says of a SHA-256 digest; without roots, whose word it is stays open.

    Raises VerificationError when it is malformed, of something else, not signed by the certificate that it
    names, or, with roots, when that certificate leads to none of them.
    """
    token = _token(untrusted)
    stamp = _info(token.content)
    if stamp.digest != digest:
        raise VerificationError("The time stamp is of something else.")
    try:
        certificate = _signer(token)
        _require_usage(certificate)
        if roots:
            _require_chain(certificate, token.certificates, roots, stamp.time)
        authority = certificate.subject.rfc4514_string()
    except _DAMAGED:  # parts of a certificate are only read when they are asked for
        raise VerificationError("A certificate of the time stamp is damaged.") from None
    return Stamp(stamp.time, stamp.serial, stamp.policy, authority, bool(roots))


def imprint(untrusted: bytes) -> bytes:
    """The digest that a response is of, nothing checked. Raises VerificationError when it is malformed."""
    return _info(_token(untrusted).content).digest


def roots_of(untrusted_pem: bytes) -> list[x509.Certificate]:
    """Certificates in PEM. Raises VerificationError when there is none."""
    try:
        return x509.load_pem_x509_certificates(untrusted_pem)
    except ValueError:
        raise VerificationError("The file of trusted roots holds no certificate in PEM.") from None


@dataclass(frozen=True)
class _Token:
    content: bytes  #: the TSTInfo
    certificates: tuple[x509.Certificate, ...]
    signer: tuple[Element, ...]  #: the parts of the only SignerInfo


@dataclass(frozen=True)
class _Info:
    digest: bytes
    time: datetime
    serial: int
    policy: str


def _token(untrusted: bytes) -> _Token:
    if len(untrusted) > MAX_BYTES:
        raise VerificationError("The time stamp is too long.")
    status, *rest = inside(der.parse(untrusted), der.SEQUENCE, 1)
    if inside(status, der.SEQUENCE, 1)[0].integer() not in (0, 1):
        raise VerificationError("The time-stamping authority refused the request.")
    if len(rest) != 1:
        raise VerificationError("The response holds no time stamp.")
    kind, wrapped = inside(rest[0], der.SEQUENCE, 2)[:2]
    if kind.oid() != _SIGNED_DATA:
        raise VerificationError("The time stamp is not signed data.")
    (signed,) = _only(inside(wrapped, der.context(0), 1))
    parts = inside(signed, der.SEQUENCE, 4)
    inner = inside(parts[2], der.SEQUENCE, 2)
    if inner[0].oid() != _TOKEN:
        raise VerificationError("The signed data is no time stamp.")
    (content,) = _only(inside(inner[1], der.context(0), 1))
    certificates: list[x509.Certificate] = []
    for part in parts[3:-1]:
        if part.tag == der.context(0):
            certificates += [_certificate(item.raw) for item in part.children()]
    (signer,) = _only(inside(parts[-1], der.SET, 1))
    return _Token(
        der.expect(content, der.OCTET_STRING).content,
        tuple(certificates),
        tuple(inside(signer, der.SEQUENCE, 6)),
    )


def _only(found: list[Element]) -> list[Element]:
    if len(found) != 1:
        raise VerificationError("The time stamp has more than one part where one is allowed.")
    return found


def _certificate(raw: bytes) -> x509.Certificate:
    try:
        return x509.load_der_x509_certificate(raw)
    except _DAMAGED:
        raise VerificationError("A certificate of the time stamp is damaged.") from None


def _info(content: bytes) -> _Info:
    parts = inside(der.parse(content), der.SEQUENCE, 5)
    algorithm, digest = inside(parts[2], der.SEQUENCE, 2)[:2]
    if _hash(algorithm)[0] != "sha256":
        raise VerificationError("The time stamp is not over a SHA-256.")
    text = der.expect(parts[4], der.GENERALIZED_TIME).content.decode("ascii", "replace")
    try:
        form = "%Y%m%d%H%M%S.%fZ" if "." in text else "%Y%m%d%H%M%SZ"
        time = datetime.strptime(text, form).replace(tzinfo=UTC)
    except ValueError:
        raise VerificationError("The time in the time stamp is malformed.") from None
    return _Info(der.expect(digest, der.OCTET_STRING).content, time, parts[3].integer(), parts[1].oid())


def _hash(algorithm: Element) -> tuple[str, hashes.HashAlgorithm]:
    oid = inside(algorithm, der.SEQUENCE, 1)[0].oid()
    if oid not in _HASHES:
        raise VerificationError(f"The time stamp uses a hash that is not accepted ({oid}).")
    return _HASHES[oid]


def _signer(token: _Token) -> x509.Certificate:
    """The certificate that the token names and that signed it."""
    _, _, algorithm, signed, _, signature = token.signer[:6]
    name, method = _hash(algorithm)
    attributes = _attributes(signed)
    content_type = attributes.get(_CONTENT_TYPE)
    stated = attributes.get(_MESSAGE_DIGEST)
    if content_type is None or content_type.oid() != _TOKEN:
        raise VerificationError("The time stamp does not say that it is one.")
    if stated is None or stated.content != hashlib.new(name, token.content).digest():
        raise VerificationError("The time stamp was altered: its digest is another.")
    certificate = _named(attributes, token.certificates)
    # RFC 5652 section 5.4: signed is the SET OF, not the [0] that it is sent as.
    message = bytes([der.SET]) + signed.raw[1:]
    value = der.expect(signature, der.OCTET_STRING).content
    try:
        key = certificate.public_key()
        if isinstance(key, rsa.RSAPublicKey):
            key.verify(value, message, padding.PKCS1v15(), method)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(value, message, ec.ECDSA(method))
        elif isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(value, message)
        else:
            raise VerificationError("The time stamp is signed with a kind of key that is not accepted.")
    except (InvalidSignature, UnsupportedAlgorithm, ValueError):
        raise VerificationError("The signature of the time stamp is wrong.") from None
    return certificate


def _attributes(signed: Element) -> dict[str, Element]:
    found: dict[str, Element] = {}
    for attribute in inside(signed, der.context(0), 1):
        kind, values = inside(attribute, der.SEQUENCE, 2)[:2]
        if kind.oid() in found:
            raise VerificationError("The time stamp states something twice.")
        found[kind.oid()] = inside(values, der.SET, 1)[0]
    return found


def _named(attributes: dict[str, Element], certificates: Sequence[x509.Certificate]) -> x509.Certificate:
    """The certificate whose hash is signed (RFC 5816), so that no other with the same key can stand in."""
    stated = attributes.get(_CERTIFICATE_V2) or attributes.get(_CERTIFICATE)
    if stated is None:
        raise VerificationError("The time stamp does not say which certificate signed it.")
    first = inside(inside(stated, der.SEQUENCE, 1)[0], der.SEQUENCE, 1)[0]
    parts = inside(first, der.SEQUENCE, 1)
    name = "sha256" if _CERTIFICATE_V2 in attributes else "sha1"
    if parts[0].tag == der.SEQUENCE:
        name = _hash(parts.pop(0))[0]
    if not parts:
        raise VerificationError("The time stamp does not say which certificate signed it.")
    for certificate in certificates:
        raw = certificate.public_bytes(Encoding.DER)
        # SHA-1 only finds the certificate; the signature holds by the key in it.
        if hashlib.new(name, raw, usedforsecurity=False).digest() == parts[0].content:
            return certificate
    raise VerificationError(
        "The time stamp does not carry the certificate that signed it; ask for it in the request."
    )


def _require_usage(certificate: x509.Certificate) -> None:
    try:
        usage = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    except x509.ExtensionNotFound:
        raise VerificationError("The certificate of the time stamp is not for time-stamping.") from None
    if list(usage.value) != [ExtendedKeyUsageOID.TIME_STAMPING] or not usage.critical:
        raise VerificationError("The certificate of the time stamp is not for time-stamping alone.")


def _require_chain(
    certificate: x509.Certificate,
    others: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    time: datetime,
) -> None:
    current = certificate
    for _ in range(_MAX_CHAIN):
        if not current.not_valid_before_utc <= time <= current.not_valid_after_utc:
            raise VerificationError("A certificate of the time stamp was not valid at its time.")
        if current in roots:
            return
        issuer = next((item for item in (*roots, *others) if _issued(current, item)), None)
        if issuer is None:
            break
        current = issuer
    raise VerificationError("The time stamp does not lead to any of the roots that you trust.")


def _issued(certificate: x509.Certificate, issuer: x509.Certificate) -> bool:
    try:
        certificate.verify_directly_issued_by(issuer)
        basic = issuer.extensions.get_extension_for_class(x509.BasicConstraints).value
    except (InvalidSignature, x509.ExtensionNotFound, *_DAMAGED):
        return False
    return basic.ca
