// Users who ask, check and ask again; prints the number of requests as JSON.
import http from 'k6/http';
import { check } from 'k6';

export default function () {
    const answer = http.get(__ENV.URL);
    check(answer, { right: (r) => r.status === 200 && r.body.includes('hello') });
}

export function handleSummary(data) {
    return { stdout: JSON.stringify({ requests: data.metrics.http_reqs.values.count }) };
}
