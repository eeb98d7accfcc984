// Where Monaco finds the code of its background threads: among the server's own files.

/* global WORKER_FILES -- put in by build.mjs: the hashed file name of each worker */

globalThis.MonacoEnvironment = {
  getWorker: (_moduleId, label) =>
    new Worker(new URL(WORKER_FILES[label] ?? WORKER_FILES.editor, import.meta.url), { name: label }),
};
