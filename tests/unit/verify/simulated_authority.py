"""A time-stamping authority: certificates by `cryptography`, responses by `asn1crypto`."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from asn1crypto import algos, cms, core, tsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

NOW = datetime(2026, 3, 5, 14, 7, 9, tzinfo=UTC)
DAY = timedelta(days=1)
EC = ec.derive_private_key(7, ec.SECP256R1())
ROOT_KEY = ec.derive_private_key(11, ec.SECP256R1())
RSA = rsa.generate_private_key(65537, 2048)


def name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def certificate(
    subject: str,
    key: Any,
    issuer: str,
    issuer_key: Any,
    *,
    ca: bool,
    usages: list[x509.ObjectIdentifier] | None = None,
    critical: bool = True,
    until: datetime = NOW + 1000 * DAY,
) -> x509.Certificate:
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(NOW - 1000 * DAY)
        .not_valid_after(until)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
    )
    if usages is not None:
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), critical=critical)
    return builder.sign(issuer_key, hashes.SHA256())


class Authority:
    """Answers requests; `alter` reaches into the answer before it is signed, `twist` after."""

    def __init__(self, key: Any = EC, **how: Any) -> None:
        self.key = key
        self.root = certificate("Root", ROOT_KEY, "Root", ROOT_KEY, ca=True)
        usages = [ExtendedKeyUsageOID.TIME_STAMPING]
        self.own = certificate("Authority", key, "Root", ROOT_KEY, **{"ca": False, "usages": usages, **how})

    def answer(self, digest: bytes, **changes: Any) -> bytes:
        info = tsp.TSTInfo(
            {
                "version": "v1",
                "policy": "1.2.3.4.1",
                "message_imprint": {
                    "hash_algorithm": {"algorithm": changes.get("algorithm", "sha256")},
                    "hashed_message": digest,
                },
                "serial_number": 42,
                "gen_time": changes.get("time", NOW),
                "accuracy": {"seconds": 1},
            }
        )
        content = info.dump()
        raw = self.own.public_bytes(Encoding.DER)
        named = tsp.SigningCertificateV2({"certs": [{"cert_hash": hashlib.sha256(raw).digest()}]})
        attributes = [
            {"type": "content_type", "values": [changes.get("content_type", "tst_info")]},
            {"type": "message_digest", "values": [hashlib.sha256(changes.get("content", content)).digest()]},
            {"type": "signing_certificate_v2", "values": [named]},
        ]
        signed = cms.CMSAttributes([a for a in attributes if a["type"] != changes.get("without")])
        shown = asn1_x509.Certificate.load(raw)
        token = cms.SignedData(
            {
                "version": "v3",
                "digest_algorithms": [algos.DigestAlgorithm({"algorithm": "sha256"})],
                "encap_content_info": {
                    "content_type": "tst_info",
                    "content": core.ParsableOctetString(content),
                },
                "certificates": [] if changes.get("bare") else [shown],
                "signer_infos": [
                    {
                        "version": "v1",
                        "sid": {
                            "issuer_and_serial_number": {
                                "issuer": shown.issuer,
                                "serial_number": shown.serial_number,
                            }
                        },
                        "digest_algorithm": {"algorithm": "sha256"},
                        "signed_attrs": signed,
                        "signature_algorithm": {"algorithm": self._algorithm()},
                        "signature": self._sign(signed.untag().dump()),
                    }
                ],
            }
        )
        response = {
            "status": {"status": "granted"},
            "time_stamp_token": {"content_type": "signed_data", "content": token},
        }
        return bytes(tsp.TimeStampResp(response).dump())

    def _algorithm(self) -> str:
        return "sha256_rsa" if isinstance(self.key, rsa.RSAPrivateKey) else "sha256_ecdsa"

    def _sign(self, data: bytes) -> bytes:
        if isinstance(self.key, rsa.RSAPrivateKey):
            return self.key.sign(data, padding.PKCS1v15(), hashes.SHA256())
        signature: bytes = self.key.sign(data, ec.ECDSA(hashes.SHA256()))
        return signature
