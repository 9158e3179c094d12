// What the doctor sees of a VM on which nothing is, and of a job, for tests by replies alone.
import type { Chart, JobLook } from '../../src/doctor/chart.ts';
import { readGraph } from '../../src/render/graph.ts';

export const EMPTY: Chart = {
  schema: undefined,
  state: 'running',
  looks: [[]],
  lasting: new Map(),
  others: [],
  graph: readGraph([], []),
  nodes: [],
  exports: [],
  chardevs: [],
  highest: new Map(),
};

export const job = (more: Partial<JobLook>): JobLook => ({
  id: 'job0',
  type: 'mirror',
  status: 'running',
  length: 100,
  offset: 40,
  speed: 0,
  io: 'ok',
  ...more,
});
