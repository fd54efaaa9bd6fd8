"""The process that opens devices: enumeration on one thread, one worker a device (DESIGN section 3).

bus.py      ports: what finds and opens devices, and what carries one APDU
usb.py      USB devices, by hidapi
tcp.py      emulators that speak APDU over TCP
process.py  the child
client.py   the parent's side
"""
