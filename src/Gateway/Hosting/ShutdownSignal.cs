using System.Runtime.InteropServices;

namespace Gateway.Hosting;

/// <summary>Waits for the operator to ask for an end: SIGTERM or Ctrl-C. A second request ends the process at once.</summary>
public sealed class ShutdownSignal : IDisposable
{
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PosixSignalRegistration[] _registrations;

    /// <summary>Starts listening for signals.</summary>
    public ShutdownSignal() =>
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, Handle), PosixSignalRegistration.Create(PosixSignal.SIGINT, Handle)];

    /// <summary>Completes at the first request.</summary>
    public Task Asked => _asked.Task;

    /// <summary>Stops listening.</summary>
    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations) registration.Dispose();
    }

    // Cancel keeps the runtime from ending the process itself; the second signal is left to it.
    private void Handle(PosixSignalContext context) => context.Cancel = _asked.TrySetResult();
}
