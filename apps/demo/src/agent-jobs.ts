import * as v from "valibot";
import { complete, type Completion } from "./claude.ts";
import { measuredFetch, type Edges } from "./edges.ts";
import {
  backgroundTracker,
  giveUp,
  type PerformanceTracker,
  retryLater,
  trackAgentExecution,
  trackFinishedTask,
  trackJobError,
} from "./monitoring.ts";
import { notFound, Problem } from "./problem.ts";
import { agentProblem, runAgent, type AgentSettings, type AgentWork } from "./sandbox/agents.ts";
import type { FinishedExecution, Store, Task } from "./store.ts";
import { isFinal } from "./task-state.ts";
import { isPassing, sentence, upstreamProblem } from "./upstream.ts";

/** What lies in the queue `agent-jobs`. */
export interface AgentJob {
  readonly executionId: string;
  readonly taskId: string;
}

/** What became of one message. */
export type JobOutcome =
  | { readonly kind: "completed" | "duplicate" }
  | { readonly kind: "failed"; readonly error: Error }
  | { readonly kind: "retry"; readonly error: unknown }
  /** No further attempt can help. */
  | { readonly kind: "hopeless"; readonly error: Error };

/** Puts an execution of the task into the queue. The consumer moves the task, so that nothing is half done when sending fails. */
export async function enqueueExecution(queue: Queue, taskId: string): Promise<AgentJob & { status: "queued" }> {
  const job: AgentJob = { executionId: crypto.randomUUID(), taskId };
  await queue.send(job);
  return { ...job, status: "queued" };
}

/** Runs every job of the batch on its own: one bad message never repeats its neighbours. */
export async function runAgentJobs(batch: MessageBatch, env: Env, edges: Edges): Promise<void> {
  const tracker = backgroundTracker(env);
  const bench: Workbench = {
    env,
    tracker,
    store: edges.openStore(env, tracker),
    fetch: measuredFetch(edges, tracker),
    agents: edges.agents,
  };
  await Promise.all(
    batch.messages.map(async (message) => {
      const outcome = await outcomeOf(message, bench);
      if (outcome.kind === "retry") retryLater(message, outcome.error, BACKOFF);
      else if (outcome.kind === "hopeless") giveUp(message, outcome.error);
      else message.ack();
      if ("error" in outcome) trackJobError(env, outcome.error, { messageId: message.id, attempt: message.attempts });
    }),
  );
}

/** What every job of a batch works with. */
interface Workbench {
  readonly env: Env;
  readonly tracker: PerformanceTracker;
  readonly store: Store;
  readonly fetch: typeof fetch;
  readonly agents: AgentSettings;
}

const jobBody = v.object({ executionId: v.string(), taskId: v.string() });
const MAX_TOKENS = 2_048;
/** 1 to 2 s after the first failure, twice that after each further one. */
const BACKOFF = { firstSeconds: 2, longestSeconds: 60 };

async function outcomeOf(message: Message, bench: Workbench): Promise<JobOutcome> {
  const job = v.safeParse(jobBody, message.body);
  if (!job.success) return { kind: "hopeless", error: notAJob(message.id) };
  try {
    return await runAgentJob(message, job.output, bench);
  } catch (error) {
    return { kind: "retry", error };
  }
}

async function runAgentJob(message: Message, job: AgentJob, bench: Workbench): Promise<JobOutcome> {
  const { env, store, tracker } = bench;
  const task = await store.findTask(job.taskId);
  if (task === undefined) return { kind: "retry", error: notFound("task", job.taskId) };
  const { projectId } = task;
  const startedMs = performance.now();
  if (isFinal(task.status) || (await store.isProcessed(message.id))) return { kind: "duplicate" };
  if (task.status === "pending") {
    await store.moveTask(task.id, "pending", "in_progress", `Execution ${job.executionId} began.`);
  }

  const answer = await complete(env, bench.fetch, { text: promptFor(task), maxTokens: MAX_TOKENS });
  if (answer.ok) {
    const made = await runAgent(env, bench.agents, task.id, answer.value);
    if (made.kind !== "ok") return { kind: "retry", error: agentProblem(made) };
    const artifactKey = await storeArtifact(env.ARTIFACTS, message, job, { ...answer.value, ...made.value });
    return end({ outcome: "completed", reason: `Execution ${job.executionId} ended.`, artifactKey }, { kind: "completed" });
  }
  const error = upstreamProblem(answer.upstream, answer.failure);
  if (isPassing(answer.failure)) return { kind: "retry", error };
  return end({ outcome: "failed", reason: `${answer.upstream} ${sentence(answer.failure)}` }, { kind: "failed", error });

  async function end(how: Omit<FinishedExecution, "messageId" | "taskId">, outcome: JobOutcome): Promise<JobOutcome> {
    const isFirst = await store.finishExecution({ messageId: message.id, taskId: job.taskId, ...how });
    if (!isFirst) return { kind: "duplicate" };
    await trackFinishedTask(tracker, projectId, how.outcome);
    await trackAgentExecution(tracker, performance.now() - startedMs, how.outcome);
    return outcome;
  }
}

/** Keeps Claude's answer under the message's name: a second run before the first is recorded overwrites the artifact with itself. */
async function storeArtifact(bucket: R2Bucket, message: Message, job: AgentJob, made: Completion & AgentWork): Promise<string> {
  const key = `artifacts/${job.taskId}/${message.id}.json`;
  await bucket.put(key, JSON.stringify({ ...job, ...made }), { httpMetadata: { contentType: "application/json" } });
  return key;
}

function notAJob(messageId: string): Problem {
  return new Problem({
    status: 400,
    code: "invalid_agent_job",
    message: `The body of message "${messageId}" is not an agent job.`,
  });
}

function promptFor(task: Task): string {
  return `Title: ${task.title}\nPriority: ${task.priority} of 5\n\n${task.instructions}`;
}
