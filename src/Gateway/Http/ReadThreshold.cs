using System.IO.Pipelines;
using Gateway.Common.Bodies;
using Microsoft.AspNetCore.Connections;

namespace Gateway.Http;

/// <summary>The input of a connection, whose reads wait for as many bytes as the endpoint that reads a body asks for.</summary>
internal sealed class ReadThreshold(IDuplexPipe transport) : PipeReader, IReadThreshold, IDuplexPipe
{
    private readonly PipeReader _input = transport.Input;

    /// <inheritdoc/>
    public int Bytes { get; set; }

    PipeReader IDuplexPipe.Input => this;

    PipeWriter IDuplexPipe.Output => transport.Output;

    /// <summary>Gives every connection of a door one, as a feature.</summary>
    internal static void Use(IConnectionBuilder connections) => connections.Use(static next => connection =>
    {
        var threshold = new ReadThreshold(connection.Transport);
        connection.Transport = threshold;
        connection.Features.Set<IReadThreshold>(threshold);
        return next(connection);
    });

    /// <inheritdoc/>
    public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
        Bytes == 0 ? _input.ReadAsync(cancellationToken) : _input.ReadAtLeastAsync(Bytes, cancellationToken);

    /// <inheritdoc/>
    public override bool TryRead(out ReadResult result) => _input.TryRead(out result);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed) => _input.AdvanceTo(consumed);

    /// <inheritdoc/>
    public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => _input.AdvanceTo(consumed, examined);

    /// <inheritdoc/>
    public override void CancelPendingRead() => _input.CancelPendingRead();

    /// <inheritdoc/>
    public override void Complete(Exception? exception = null) => _input.Complete(exception);
}
