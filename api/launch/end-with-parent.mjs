// Loaded before a program that is of no use without whoever started it: should that one be killed, it ends too, a second later.
const parent = process.ppid
setInterval(() => { if (process.ppid !== parent) process.exit(1) }, 1_000).unref()
