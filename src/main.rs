//! The binary: parse, build one runtime, run, exit code.

use std::process::ExitCode;

use marginql::cli::Invocation;

/// The engine allocates and frees large blocks from all threads; this allocator is made for that.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Deeply nested SQL is parsed and planned recursively; the default of 2 MiB is for shallow programs.
/// It is address space, which becomes memory only as far as a stack really grows.
const STACK_BYTES: usize = 64 << 20;

fn main() -> ExitCode {
    // A panic is told once, as an error with a hint, not as a trace.
    std::panic::set_hook(Box::new(|_| {}));
    let invocation = match Invocation::parse(std::env::args_os()) {
        Ok(invocation) => invocation,
        Err(code) => return code,
    };
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().thread_stack_size(STACK_BYTES);
    if let Some(threads) = invocation.threads() {
        builder.worker_threads(threads);
    }
    let runtime = match builder.build() {
        Ok(runtime) => runtime,
        Err(error) => return invocation.refuse(&error),
    };
    let code = runtime.block_on(invocation.run());
    // What still runs was given up; nobody waits for it.
    runtime.shutdown_timeout(std::time::Duration::from_millis(500));
    code
}
