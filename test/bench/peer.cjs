// The least a program can do to ask a monitor one thing: greeting, qmp_capabilities, query-status, print.
const socket = require('node:net').connect(process.argv[2]);
const next = ['{"execute":"qmp_capabilities"}\n', '{"execute":"query-status"}\n'];
let rest = '';
socket.setEncoding('utf8').on('data', chunk => {
  const rows = (rest + chunk).split('\n');
  rest = rows.pop();
  for (const row of rows) {
    const message = JSON.parse(row);
    const request = next.shift();
    if (request) {
      socket.write(request);
    } else {
      console.log(JSON.stringify(message));
      socket.end();
    }
  }
});
