// Which commands start a job and which act on one, row by row; the one place where that is told. schema/jobs.ts looks rows
// up; a test holds them against the recorded schemas of three QEMU versions.

/**
 * A row: the command, two blanks, the type of its job, and for a block job the arguments that name where its data comes
 * from and where it goes, of which the first one given counts. A block job goes by the name of its device where the
 * request gives none, and is gone when it is over, unless the request says auto-dismiss=false; each other job has a name
 * of its own, and stays until it is dismissed.
 */
export const STARTS = `
block-commit  commit top-node,top,device base-node,base
block-stream  stream base-node,base device
blockdev-backup  backup device target
blockdev-mirror  mirror device target
drive-backup  backup device target
drive-mirror  mirror device target
blockdev-create  create
snapshot-delete  snapshot-delete
snapshot-load  snapshot-load
snapshot-save  snapshot-save
x-blockdev-amend  amend
`;

/**
 * A row: the command, two blanks, what it does, and the argument that names the job. Two commands that do the same have the
 * same word. block-job-cancel has its own: it ends a mirror that is ready as a good copy, where job-cancel gives it up.
 */
export const ACTS = `
job-cancel  cancel id
job-complete  complete id
job-dismiss  dismiss id
job-finalize  finalize id
job-pause  pause id
job-resume  resume id
block-job-cancel  end device
block-job-complete  complete device
block-job-dismiss  dismiss id
block-job-finalize  finalize id
block-job-pause  pause device
block-job-resume  resume device
block-job-change  change id
block-job-set-speed  set-speed device
`;

/** A row: what is done to a job, two blanks, and the states of a job in which that has an effect. */
export const STATES = `
cancel  created running paused ready standby waiting pending
change  created running paused ready standby
complete  ready
dismiss  concluded
end  created running paused ready standby waiting pending
finalize  pending
pause  created running ready
resume  paused standby
set-speed  created running paused ready standby
`;
