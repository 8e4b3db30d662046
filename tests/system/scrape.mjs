// Plain HTTP, for health and metrics. `to`: { port } or { socketPath }.
import http from 'node:http';

export const get = (to, path) => new Promise((resolve, reject) => {
  const asked = http.get({ host: '127.0.0.1', ...to, path, agent: false }, (answer) => {
    let body = '';
    answer.on('data', (chunk) => (body += chunk)).on('end', () => resolve({ status: answer.statusCode, body }));
  });
  asked.on('error', reject);
});

// The number of one sample of /metrics; `name` with its labels, as they stand in the text. NaN where there is none.
export async function metric(to, name) {
  const { body } = await get(to, '/metrics');
  const line = body.split('\n').find((text) => text.startsWith(`${name} `));
  return Number(line?.slice(name.length + 1));
}
