// xrpl.js, unmodified, as a client of the practice ledger. Run by node's own test runner; PRACTICE_READY holds what
// `practice start` printed. The ledger must close ledgers by itself.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import * as xrpl from 'xrpl'

const ready = JSON.parse(process.env.PRACTICE_READY)
const [first, second] = ready.networks[0].endpoints
const XRP = 1_000_000
const SECP256K1 = 'ecdsa-secp256k1'
const client = new xrpl.Client(first.ws)
const other = new xrpl.Client(second.ws)
const genesis = xrpl.Wallet.fromSeed(ready.genesis.seed, { algorithm: SECP256K1 })
const issuer = xrpl.Wallet.generate()
const treasury = xrpl.Wallet.generate(SECP256K1)
const signers = [
  xrpl.Wallet.generate(),
  xrpl.Wallet.generate(SECP256K1),
  xrpl.Wallet.generate(),
]

async function send(transaction, wallet) {
  const answer = await client.submitAndWait(transaction, { wallet, autofill: true })
  assert.equal(answer.result.validated, true)
  assert.equal(answer.result.meta.TransactionResult, 'tesSUCCESS')
  return answer.result
}

async function multisigned(transaction) {
  const filled = await client.autofill(transaction, signers.length)
  const parts = signers.map((wallet) => wallet.sign(filled, true).tx_blob)
  return { filled, blob: xrpl.multisign(parts) }
}

async function pages(request, field) {
  const found = []
  let marker
  let count = 0
  do {
    const { result } = await client.request(marker === undefined ? request : { ...request, marker })
    assert.ok(result[field].length <= request.limit)
    found.push(...result[field])
    marker = result.marker
    count += 1
  } while (marker !== undefined)
  return { found, count }
}

before(async () => {
  await client.connect()
  await other.connect()
  for (const wallet of [issuer, treasury]) {
    await send(
      {
        TransactionType: 'Payment',
        Account: genesis.address,
        Destination: wallet.address,
        Amount: String(1000 * XRP),
      },
      genesis,
    )
  }
})

after(async () => {
  await client.disconnect()
  await other.disconnect()
})

test('the client learns the network and fills in what it must', async () => {
  assert.equal(client.networkID, 63456)
  const filled = await client.autofill({
    TransactionType: 'AccountSet',
    Account: treasury.address,
  })
  assert.equal(filled.NetworkID, 63456)
  assert.ok(Number(filled.Fee) >= 10)
  const info = await client.request({ command: 'account_info', account: treasury.address })
  assert.equal(filled.Sequence, info.result.account_data.Sequence)
  assert.ok(filled.LastLedgerSequence > (await client.getLedgerIndex()))
})

test('an issued currency goes out and comes in account_lines', async () => {
  await send(
    {
      TransactionType: 'AccountSet',
      Account: issuer.address,
      SetFlag: xrpl.AccountSetAsfFlags.asfDefaultRipple,
    },
    issuer,
  )
  for (const currency of ['USD', 'EUR', 'GBP']) {
    await send(
      {
        TransactionType: 'TrustSet',
        Account: treasury.address,
        LimitAmount: { currency, issuer: issuer.address, value: '1000000' },
      },
      treasury,
    )
  }
  const amount = { currency: 'USD', issuer: issuer.address, value: '1234.56789' }
  const paid = await send(
    {
      TransactionType: 'Payment',
      Account: issuer.address,
      Destination: treasury.address,
      Amount: amount,
    },
    issuer,
  )
  assert.deepEqual(paid.meta.delivered_amount, amount)
  const changes = xrpl.getBalanceChanges(paid.meta).find((item) => item.account === treasury.address)
  assert.deepEqual(changes.balances, [
    { currency: 'USD', issuer: issuer.address, value: '1234.56789' },
  ])
  const { found, count } = await pages(
    { command: 'account_lines', account: treasury.address, limit: 2, ledger_index: 'validated' },
    'lines',
  )
  assert.equal(count, 2)
  assert.deepEqual(found.map((line) => line.currency).sort(), ['EUR', 'GBP', 'USD'])
  assert.equal(found.find((line) => line.currency === 'USD').balance, '1234.56789')
  const balances = await client.getBalances(treasury.address)
  assert.ok(balances.some((item) => item.currency === 'USD' && item.value === '1234.56789'))
})

test('tickets are made, listed in pages and used in any order', async () => {
  await send(
    { TransactionType: 'TicketCreate', Account: treasury.address, TicketCount: 5 },
    treasury,
  )
  const request = {
    command: 'account_objects',
    account: treasury.address,
    type: 'ticket',
    limit: 2,
    ledger_index: 'validated',
  }
  const { found, count } = await pages(request, 'account_objects')
  assert.equal(count, 3)
  const tickets = found.map((ticket) => ticket.TicketSequence).sort((a, b) => a - b)
  assert.equal(new Set(tickets).size, 5)
  await send(
    {
      TransactionType: 'AccountSet',
      Account: treasury.address,
      Sequence: 0,
      TicketSequence: tickets[3],
    },
    treasury,
  )
  const left = (await pages(request, 'account_objects')).found.map((ticket) => ticket.TicketSequence)
  assert.deepEqual(left.sort((a, b) => a - b), tickets.filter((ticket) => ticket !== tickets[3]))
})

test('three sign together after the master key is gone', async () => {
  await send(
    {
      TransactionType: 'SignerListSet',
      Account: treasury.address,
      SignerQuorum: 3,
      SignerEntries: signers.map((wallet) => ({
        SignerEntry: { Account: wallet.address, SignerWeight: 1 },
      })),
    },
    treasury,
  )
  await send(
    {
      TransactionType: 'AccountSet',
      Account: treasury.address,
      SetFlag: xrpl.AccountSetAsfFlags.asfDisableMaster,
    },
    treasury,
  )
  const info = await client.request({
    command: 'account_info',
    account: treasury.address,
    ledger_index: 'validated',
    signer_lists: true,
  })
  assert.equal(info.result.account_flags.disableMasterKey, true)
  const [list] = info.result.signer_lists
  assert.equal(list.SignerQuorum, 3)
  assert.deepEqual(
    list.SignerEntries.map((entry) => entry.SignerEntry.Account).sort(),
    signers.map((wallet) => wallet.address).sort(),
  )
  const { filled, blob } = await multisigned({
    TransactionType: 'Payment',
    Account: treasury.address,
    Destination: issuer.address,
    Amount: { currency: 'USD', issuer: issuer.address, value: '234.56789' },
  })
  assert.ok(Number(filled.Fee) >= 40)
  const answer = await client.submitAndWait(blob)
  assert.equal(answer.result.validated, true)
  assert.equal(answer.result.meta.TransactionResult, 'tesSUCCESS')
  assert.equal(answer.result.hash, xrpl.hashes.hashSignedTx(blob))
  const seen = await other.request({ command: 'tx', transaction: answer.result.hash })
  assert.equal(seen.result.ledger_hash, answer.result.ledger_hash)
  const lines = await other.request({ command: 'account_lines', account: treasury.address })
  assert.equal(lines.result.lines.find((line) => line.currency === 'USD').balance, '1000')
})

test('too few signers and the disabled key are refused', async () => {
  const filled = await client.autofill(
    { TransactionType: 'AccountSet', Account: treasury.address },
    2,
  )
  const two = xrpl.multisign(signers.slice(0, 2).map((wallet) => wallet.sign(filled, true).tx_blob))
  assert.equal((await client.submit(two)).result.engine_result, 'tefBAD_QUORUM')
  const alone = treasury.sign(
    await client.autofill({ TransactionType: 'AccountSet', Account: treasury.address }),
  )
  assert.equal((await client.submit(alone.tx_blob)).result.engine_result, 'tefMASTER_DISABLED')
})

test('a changed signature is an error of the API', async () => {
  const { blob } = await multisigned({ TransactionType: 'AccountSet', Account: treasury.address })
  const decoded = xrpl.decode(blob)
  decoded.Domain = 'AB'
  await assert.rejects(client.submit(xrpl.encode(decoded)), (error) => {
    assert.equal(error.data.error, 'invalidTransaction')
    assert.match(error.data.error_exception, /fails local checks: Invalid signature/)
    return true
  })
})

test('account_tx gives every transaction once, in pages and both ways', async () => {
  const request = { command: 'account_tx', account: treasury.address, limit: 3 }
  const down = await pages(request, 'transactions')
  const up = await pages({ ...request, forward: true }, 'transactions')
  const hashes = down.found.map((row) => row.hash)
  assert.ok(down.count > 2)
  assert.equal(new Set(hashes).size, hashes.length)
  assert.deepEqual(up.found.map((row) => row.hash).reverse(), hashes)
  assert.ok(down.found.every((row) => row.validated && row.meta.TransactionResult === 'tesSUCCESS'))
})

test('subscribers hear of each ledger and of their accounts', async () => {
  const closed = []
  const heard = []
  other.on('ledgerClosed', (message) => closed.push(message))
  other.on('transaction', (message) => heard.push(message))
  const answer = await other.request({
    command: 'subscribe',
    streams: ['ledger'],
    accounts: [issuer.address],
  })
  const start = answer.result.ledger_index
  const paid = await send(
    {
      TransactionType: 'Payment',
      Account: genesis.address,
      Destination: issuer.address,
      Amount: '1',
    },
    genesis,
  )
  // The reader behind the other endpoint has this ledger once it answers for it.
  await other.request({ command: 'ledger', ledger_index: paid.ledger_index })
  await other.request({ command: 'ping' })
  assert.deepEqual(heard.map((message) => message.hash), [paid.hash])
  assert.equal(heard[0].tx_json.Destination, issuer.address)
  const indexes = closed.map((message) => message.ledger_index)
  assert.ok(indexes.includes(paid.ledger_index))
  indexes.forEach((index, place) => assert.equal(index, start + 1 + place))
  const mine = closed.find((message) => message.ledger_index === paid.ledger_index)
  assert.equal(mine.ledger_hash, paid.ledger_hash)
  assert.equal(mine.txn_count, 1)
  await other.request({ command: 'unsubscribe', streams: ['ledger'], accounts: [issuer.address] })
})

test('an unknown account and an unknown transaction are said to be unknown', async () => {
  const nobody = xrpl.Wallet.generate().address
  await assert.rejects(client.request({ command: 'account_info', account: nobody }), (error) => {
    assert.equal(error.data.error, 'actNotFound')
    return true
  })
  const last = await client.getLedgerIndex()
  const search = {
    command: 'tx',
    transaction: 'AB'.repeat(32),
    min_ledger: 1,
    max_ledger: last,
  }
  await assert.rejects(client.request(search), (error) => {
    assert.equal(error.data.error, 'txnNotFound')
    assert.equal(error.data.searched_all, true)
    return true
  })
})
