"""The load generator of the benchmark that Joust grew out of: aiohttp, one task per user, a list of latencies.

aiohttp_client.py URL USERS SECONDS; prints the number of requests as JSON. Without arguments it only loads its modules.
"""
import asyncio
import json
import sys
import time

import aiohttp


async def user(session, url, until, latencies):
    while (begun := time.perf_counter()) < until:
        async with session.get(url) as answer:
            body = await answer.text()
            if answer.status == 200 and "hello" in body:
                latencies.append(time.perf_counter() - begun)


async def main(url, users, seconds):
    latencies = []
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=users)) as session:
        until = time.perf_counter() + seconds
        await asyncio.gather(*(user(session, url, until, latencies) for _ in range(users)))
    print(json.dumps({"requests": len(latencies)}))


if len(sys.argv) > 1:
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), float(sys.argv[3])))
