"""Processes that call one function again and again, and may die: of a crash in C code, or of lack of memory.

`Job` (function) → `Pool` → `server` (imports once, forks) → `worker`: arguments → result or `DIED`

On Linux, a worker is a fork of a server process that has imported everything and started no thread. It is
ready in milliseconds, and shares the server's memory until it writes to it. The calling process itself is not
forked: it may have threads, whose locks a fork would inherit. Elsewhere, each worker is a process of loky.
"""
