// Judges what Countersign wrote, signed and combined, with xrpl.js. CASES is a file made by test_xrpl_oracle.py.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decode, encode, encodeForMultisigning, encodeForSigning } from "ripple-binary-codec";
import { deriveAddress, deriveKeypair, verify } from "ripple-keypairs";
import { hashes, multisign, validate } from "xrpl";

const cases = JSON.parse(readFileSync(process.env.CASES, "utf8"));

// The text of an issued value has several forms; its number has one.
const plain = (value) => {
  if (Array.isArray(value)) return value.map(plain);
  if (value === null || typeof value !== "object") return value;
  const issued = "currency" in value && "value" in value;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, issued && key === "value" ? Number(item) : plain(item)]),
  );
};

test("there is something to judge", () => {
  assert.ok(cases.transactions.length >= 40 && cases.multisigned.length >= 4 && cases.keys.length >= 4);
});

test("bytes mean the same", () => {
  for (const { blob, json } of cases.transactions) {
    assert.equal(encode(decode(blob)), blob);
    assert.equal(encode(json), blob);
    assert.deepEqual(plain(decode(blob)), plain(json));
  }
});

test("signing data is the same", () => {
  for (const { json, single, signer, multi } of cases.transactions) {
    // A body always says its key, with an empty one where a list signs.
    assert.equal(encodeForSigning({ SigningPubKey: "", ...json }), single);
    assert.equal(encodeForMultisigning({ ...json, SigningPubKey: "" }, signer), multi);
  }
});

test("keys and addresses are the same", () => {
  for (const { seed, publicKey, address } of cases.keys) {
    assert.equal(deriveKeypair(seed).publicKey, publicKey);
    assert.equal(deriveAddress(publicKey), address);
  }
});

test("combined transactions are the same, and every signature in them is good", () => {
  for (const { blob, id, partials } of cases.multisigned) {
    assert.equal(hashes.hashSignedTx(blob), id);
    assert.equal(multisign(partials), blob);
    const tx = decode(blob);
    validate(tx);
    const { Signers, ...unsigned } = tx;
    assert.ok(Signers.length >= 2);
    for (const { Signer } of Signers) {
      const data = encodeForMultisigning(unsigned, Signer.Account);
      assert.ok(verify(data, Signer.TxnSignature, Signer.SigningPubKey));
    }
  }
});
