using System.IO.Pipelines;
using Gateway.Common.Bodies;

namespace Gateway.Common.Tests.Bodies;

/// <summary>What bodies hold is bounded by what has come of them, each alone and all together.</summary>
public class RequestBodiesTests
{
    private const int Megabyte = 1 << 20;
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(1);

    private readonly RequestBodies _bodies = new(Megabyte, 2 * Megabyte, Long, TimeProvider.System);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(RequestBodies.SmallBody)]
    [InlineData(RequestBodies.SmallBody + 1)]
    [InlineData(900_000)]
    public async Task A_body_comes_as_it_was_sent(int length)
    {
        byte[] sent = new byte[length];
        new Random(length).NextBytes(sent);
        foreach (long? announced in new long?[] { length, null })
        {
            using RequestBody body = await _bodies.ReadAsync(PipeReader.Create(new MemoryStream(sent)), announced);
            Assert.Equal(sent, body.Memory.ToArray());
            Assert.Equal(length, body.Length);
        }
    }

    [Fact]
    public async Task What_has_not_come_when_the_server_stops_is_not_waited_for()
    {
        using var stop = new CancellationTokenSource();
        var bodies = new RequestBodies(Megabyte, 2 * Megabyte, Long, TimeProvider.System) { Stopping = stop.Token };
        (Pipe empty, Pipe begun, Pipe whole) = (new Pipe(), new Pipe(new PipeOptions(pauseWriterThreshold: 0)), new Pipe());
        await begun.Writer.WriteAsync(new byte[200_000]);
        Task<RequestBody>[] waiting = [bodies.ReadAsync(empty.Reader, null).AsTask(), bodies.ReadAsync(begun.Reader, 300_000).AsTask()];
        await stop.CancelAsync();
        foreach (Task<RequestBody> body in waiting)
            Assert.Equal((BodyRefusal.Stopping, 503), (await Assert.ThrowsAsync<BodyRefusedException>(() => body)) is var refused ? (refused.Refusal, refused.Status) : default);
        // What is there is taken.
        await whole.Writer.WriteAsync(new byte[1000]);
        await whole.Writer.CompleteAsync();
        using RequestBody there = await bodies.ReadAsync(whole.Reader, 1000);
        Assert.Equal(1000, there.Length);
        Assert.Equal(BodyRefusal.Stopping, (await Assert.ThrowsAsync<BodyRefusedException>(async () => await bodies.ReadAsync(new Pipe().Reader, null))).Refusal);
    }

    [Fact]
    public async Task Larger_than_the_bound_is_413_announced_or_not()
    {
        byte[] sent = new byte[Megabyte + 1];
        foreach (long? announced in new long?[] { sent.Length, null })
        {
            BodyRefusedException refused = await Assert.ThrowsAsync<BodyRefusedException>(
                async () => await _bodies.ReadAsync(PipeReader.Create(new MemoryStream(sent)), announced));
            Assert.Equal((BodyRefusal.TooLarge, 413), (refused.Refusal, refused.Status));
        }
        using RequestBody after = await _bodies.ReadAsync(PipeReader.Create(new MemoryStream(new byte[900_000])), null);
        Assert.Equal(900_000, after.Length);
    }

    [Fact]
    public async Task Bytes_that_were_only_announced_take_nothing_from_others()
    {
        Task<RequestBody>[] announcing = [.. Enumerable.Range(0, 100).Select(async _ =>
        {
            var pipe = new Pipe();
            await pipe.Writer.WriteAsync(new byte[100]);
            return await _bodies.ReadAsync(pipe.Reader, Megabyte);
        })];
        using RequestBody body = await _bodies.ReadAsync(PipeReader.Create(new MemoryStream(new byte[200_000])), 200_000);
        Assert.Equal(200_000, body.Length);
        Assert.DoesNotContain(announcing, static task => task.IsCompleted);
    }

    [Fact]
    public async Task Large_bodies_leave_an_eighth_to_small_ones_and_give_back_what_they_held()
    {
        var bodies = new RequestBodies(Megabyte, Megabyte, Long, TimeProvider.System);
        using (RequestBody large = await bodies.ReadAsync(PipeReader.Create(new MemoryStream(new byte[800_000])), 800_000))
        {
            BodyRefusedException refused = await Assert.ThrowsAsync<BodyRefusedException>(
                async () => await bodies.ReadAsync(PipeReader.Create(new MemoryStream(new byte[200_000])), 200_000));
            Assert.Equal((BodyRefusal.TooMany, 429), (refused.Refusal, refused.Status));
            using RequestBody small = await bodies.ReadAsync(PipeReader.Create(new MemoryStream(new byte[60_000])), 60_000);
            Assert.Equal(60_000, small.Length);
        }
        using RequestBody after = await bodies.ReadAsync(PipeReader.Create(new MemoryStream(new byte[800_000])), 800_000);
        Assert.Equal(800_000, after.Length);
    }

    [Fact]
    public async Task A_body_whose_bytes_are_given_back_counts_until_it_is_disposed_of()
    {
        var bodies = new RequestBodies(Megabyte, Megabyte, Long, TimeProvider.System);
        foreach (int length in new[] { 60_000, 800_000 })
        {
            RequestBody[] done = [.. await Task.WhenAll(Enumerable.Range(0, 850_000 / length).Select(async _ =>
            {
                RequestBody body = await bodies.ReadAsync(PipeReader.Create(new MemoryStream(new byte[length])), length);
                body.GiveBackBytes();
                Assert.Equal(0, body.Length);
                return body;
            }))];
            await Assert.ThrowsAsync<BodyRefusedException>(async () => await bodies.ReadAsync(PipeReader.Create(new MemoryStream(new byte[400_000])), 400_000));
            foreach (RequestBody body in done) body.Dispose();
            using RequestBody after = await bodies.ReadAsync(PipeReader.Create(new MemoryStream(new byte[400_000])), 400_000);
            Assert.Equal(400_000, after.Length);
        }
    }

    [Fact]
    public async Task A_large_body_that_does_not_get_on_is_408_and_a_small_one_may_take_its_time()
    {
        var impatient = new RequestBodies(Megabyte, Megabyte, TimeSpan.FromMilliseconds(50), TimeProvider.System);
        var small = new Pipe();
        await small.Writer.WriteAsync(new byte[1000]);
        Task<RequestBody> patient = impatient.ReadAsync(small.Reader, 2000).AsTask();
        var large = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        await large.Writer.WriteAsync(new byte[100_000]);
        BodyRefusedException refused = await Assert.ThrowsAsync<BodyRefusedException>(
            async () => await impatient.ReadAsync(large.Reader, Megabyte).AsTask().WaitAsync(Long));
        Assert.Equal((BodyRefusal.TooSlow, 408), (refused.Refusal, refused.Status));
        await small.Writer.WriteAsync(new byte[1000]);
        await small.Writer.CompleteAsync();
        using RequestBody body = await patient.WaitAsync(Long);
        Assert.Equal(2000, body.Length);
    }

    [Fact]
    public Task A_large_body_wakes_its_reader_a_few_times_and_never_waits_for_more_than_is_to_come() => Task.Run(async () =>
    {
        // Without a context of the test's, so that what a write wakes runs within it and has gone on when it ends.
        byte[] sent = new byte[300_000];
        new Random(7).NextBytes(sent);
        var pipe = new Pipe(new PipeOptions(readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, useSynchronizationContext: false));
        var connection = new Connection(pipe.Reader, sent.Length);
        Task<RequestBody> reading = _bodies.ReadAsync(connection).AsTask();
        foreach (byte[] piece in sent.Chunk(1000))
        {
            Assert.True(connection.Bytes <= sent.Length - connection.Delivered, $"waits for {connection.Bytes} after {connection.Delivered}");
            // The web server tells a slow client from one that stands still by what is read: 64 KiB tell it enough.
            if (connection.Delivered < RequestBodies.SmallBody) Assert.Equal(0, connection.Bytes);
            await pipe.Writer.WriteAsync(piece);
        }
        await pipe.Writer.CompleteAsync();
        using RequestBody body = await reading.WaitAsync(Long);
        Assert.Equal(sent, body.Memory.ToArray());
        Assert.InRange(connection.Reads, 66, 80);
        Assert.Equal(1, connection.Asked);
        Assert.Equal(0, connection.Bytes);
    });

    [Theory]
    [InlineData(RequestBodies.SmallBody, true)]
    [InlineData(300_000, false)]
    public async Task A_small_body_and_one_of_unknown_length_are_taken_as_they_come(int length, bool isAnnounced)
    {
        var pipe = new Pipe();
        var connection = new Connection(pipe.Reader, isAnnounced ? length : null);
        Task<RequestBody> reading = _bodies.ReadAsync(connection).AsTask();
        foreach (byte[] piece in new byte[length].Chunk(4096))
        {
            await pipe.Writer.WriteAsync(piece);
            Assert.Equal(0, connection.Bytes);
        }
        await pipe.Writer.CompleteAsync();
        using RequestBody body = await reading.WaitAsync(Long);
        Assert.Equal(length, body.Length);
        // Looking for it costs what a small request is worth.
        Assert.Equal(0, connection.Asked);
    }

    [Fact]
    public async Task A_body_that_is_given_up_leaves_the_connection_without_a_threshold()
    {
        var impatient = new RequestBodies(Megabyte, Megabyte, TimeSpan.FromMilliseconds(50), TimeProvider.System);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var connection = new Connection(pipe.Reader, Megabyte);
        await pipe.Writer.WriteAsync(new byte[100_000]);
        await Assert.ThrowsAsync<BodyRefusedException>(async () => await impatient.ReadAsync(connection).AsTask().WaitAsync(Long));
        Assert.Equal(0, connection.Bytes);
    }

    [Theory]
    [InlineData(Megabyte + 1, 4 * Megabyte, BodyRefusal.TooLarge)]
    [InlineData(100_000, 1000, BodyRefusal.TooMany)]
    [InlineData(100_000, Megabyte, BodyRefusal.TooSlow)]
    public async Task Whatever_a_body_is_refused_for_the_web_server_can_read_its_rest_away(int sent, int room, BodyRefusal refusal)
    {
        var bodies = new RequestBodies(Megabyte, room, TimeSpan.FromMilliseconds(50), TimeProvider.System);
        var pipe = new Pipe(new PipeOptions(pauseWriterThreshold: 0));
        var connection = new Connection(pipe.Reader, null);
        await pipe.Writer.WriteAsync(new byte[sent]);
        BodyRefusedException refused = await Assert.ThrowsAsync<BodyRefusedException>(async () => await bodies.ReadAsync(connection).AsTask().WaitAsync(Long));
        Assert.Equal(refusal, refused.Refusal);
        Assert.False(connection.IsReading);
    }

    /// <summary>A connection that waits for as much as it is asked to.</summary>
    private sealed class Connection(PipeReader input, long? announced) : PipeReader, IReadThreshold, IBodySender
    {
        private int _last;

        public PipeReader Body => this;

        public long? Announced => announced;

        /// <summary>How often it was asked whether it can wait.</summary>
        public int Asked { get; private set; }

        public IReadThreshold? Threshold
        {
            get
            {
                Asked++;
                return this;
            }
        }

        public int Bytes { get; set; }

        public int Reads { get; private set; }

        public int Delivered { get; private set; }

        /// <summary>Whether a read was begun that is not over, as the web server sees it: it is not over when its token has ended it.</summary>
        public bool IsReading { get; private set; }

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            IsReading = true;
            ReadResult read = Bytes == 0 ? await input.ReadAsync(cancellationToken).ConfigureAwait(false) : await input.ReadAtLeastAsync(Bytes, cancellationToken).ConfigureAwait(false);
            Reads++;
            _last = (int)read.Buffer.Length;
            return read;
        }

        public override void AdvanceTo(SequencePosition consumed)
        {
            Delivered += _last;
            IsReading = false;
            input.AdvanceTo(consumed);
        }

        public override bool TryRead(out ReadResult result) => throw new NotSupportedException();

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => throw new NotSupportedException();

        public override void CancelPendingRead() => input.CancelPendingRead();

        public override void Complete(Exception? exception = null) => throw new NotSupportedException();
    }
}
