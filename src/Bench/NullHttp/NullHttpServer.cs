using System.Buffers;
using System.Buffers.Text;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Gateway.Bench.NullHttp;

/// <summary>
/// Kestrel with next to nothing behind it, in the shape of our two HTTP APIs: the ceiling for a given HTTP client. A produce request is
/// parsed and answered, after its bytes were written, or synced in a group commit, if asked to; a schema is kept as it came and told by id; a stream of events begins and
/// rests.
/// </summary>
internal sealed class NullHttpServer : IAsyncDisposable
{
    private const int MaxBody = 64 << 20;
    private readonly WebApplication _app;
    private readonly IJournal? _journal;
    private readonly ConcurrentDictionary<int, byte[]> _schemas = new();
    private int _lastSchema;
    private long _nextOffset;

    private NullHttpServer(WebApplication app, IJournal? journal)
    {
        _app = app;
        _journal = journal;
    }

    /// <summary>Where it listens.</summary>
    public Uri Address => new(_app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());

    /// <summary>Starts it.</summary>
    /// <param name="address">Where to listen.</param>
    /// <param name="journal">What produce requests wait for; null answers them at once. Disposed with the server.</param>
    /// <exception cref="IOException">The address is taken.</exception>
    public static async Task<NullHttpServer> StartAsync(IPEndPoint address, IJournal? journal)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(options =>
        {
            options.AddServerHeader = false;
            options.Limits.MaxRequestBodySize = MaxBody;
            options.Listen(address);
        });
        WebApplication app = builder.Build();
        var server = new NullHttpServer(app, journal);
        app.Run(server.AnswerAsync);
        try
        {
            await app.StartAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until the process is asked to end.</summary>
    public Task WaitForEndAsync(CancellationToken cancel) => _app.WaitForShutdownAsync(cancel);

    /// <summary>Closes its connections and stops.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _journal?.Dispose();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string path = request.Path.Value!;
        if (HttpMethods.IsGet(request.Method) && path.StartsWith("/schemas/ids/", StringComparison.Ordinal)) await TellSchemaAsync(context, path.AsSpan("/schemas/ids/".Length));
        else if (HttpMethods.IsGet(request.Method) && request.Headers.Accept == "text/event-stream") await RestAsync(context);
        else if (HttpMethods.IsDelete(request.Method)) await WriteAsync(context, "1"u8.ToArray());
        else if (HttpMethods.IsPost(request.Method) && path.StartsWith("/subjects/", StringComparison.Ordinal)) await ReadAsync(context, KeepSchemaAsync);
        else if (HttpMethods.IsPost(request.Method)) await ReadAsync(context, TakeRecordsAsync);
        else context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    /// <summary>A stream to which nothing happens: what the server itself holds of one.</summary>
    private static async Task RestAsync(HttpContext context)
    {
        context.Response.ContentType = "text/event-stream";
        await context.Response.BodyWriter.WriteAsync("retry: 1000\n\n"u8.ToArray());
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using CancellationTokenRegistration registration = context.RequestAborted.UnsafeRegister(static gone => ((TaskCompletionSource)gone!).SetResult(), gone);
        await gone.Task;
    }

    /// <summary>Has the body handled where Kestrel holds it, or as a copy where it came in pieces.</summary>
    private static async Task ReadAsync(HttpContext context, Func<HttpContext, ReadOnlyMemory<byte>, ValueTask> handle)
    {
        PipeReader reader = context.Request.BodyReader;
        ReadResult read = await reader.ReadAtLeastAsync((int)Math.Min(context.Request.ContentLength ?? MaxBody, MaxBody));
        byte[]? copy = null;
        try
        {
            ReadOnlyMemory<byte> body = read.Buffer.First;
            if (!read.Buffer.IsSingleSegment)
            {
                copy = ArrayPool<byte>.Shared.Rent((int)read.Buffer.Length);
                read.Buffer.CopyTo(copy);
                body = copy.AsMemory(0, (int)read.Buffer.Length);
            }
            await handle(context, body);
        }
        catch (JsonException)
        {
            context.Response.StatusCode = StatusCodes.Status422UnprocessableEntity;
        }
        finally
        {
            reader.AdvanceTo(read.Buffer.End);
            if (copy is not null) ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private async ValueTask TakeRecordsAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        byte[] values = ArrayPool<byte>.Shared.Rent(Math.Max(1, body.Length));
        int records;
        try
        {
            int length = ProduceJson.Read(body.Span, values, out records);
            if (_journal is not null) await _journal.AppendAsync(values.AsSpan(0, length));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(values);
        }
        byte[] answer = ArrayPool<byte>.Shared.Rent(128 + (records * 128));
        await WriteAsync(context, answer.AsMemory(0, WriteOffsets(answer, Interlocked.Add(ref _nextOffset, records) - records, records)));
        ArrayPool<byte>.Shared.Return(answer);
    }

    private static int WriteOffsets(Span<byte> to, long first, int records)
    {
        int at = Put(to, 0, "{\"offsets\":["u8);
        for (int i = 0; i < records; i++)
        {
            at = Put(to, at, i == 0 ? "{\"partition\":0,\"offset\":"u8 : ",{\"partition\":0,\"offset\":"u8);
            Utf8Formatter.TryFormat(first + i, to[at..], out int digits);
            at = Put(to, at + digits, ",\"error_code\":null,\"error\":null}"u8);
        }
        return Put(to, at, "],\"key_schema_id\":null,\"value_schema_id\":null}"u8);
    }

    private static int Put(Span<byte> to, int at, ReadOnlySpan<byte> text)
    {
        text.CopyTo(to[at..]);
        return at + text.Length;
    }

    private ValueTask KeepSchemaAsync(HttpContext context, ReadOnlyMemory<byte> body)
    {
        int id = Interlocked.Increment(ref _lastSchema);
        using JsonDocument request = JsonDocument.Parse(body);
        string schema = request.RootElement.TryGetProperty("schema", out JsonElement text) ? text.GetString() ?? "" : "";
        _schemas[id] = Told(schema);
        return new(WriteAsync(context, System.Text.Encoding.UTF8.GetBytes($"{{\"id\":{id}}}")));
    }

    /// <summary>What a registry tells of a schema, to the byte; only the GUID is none.</summary>
    private static byte[] Told(string schema)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var output = new Utf8JsonWriter(bytes, new JsonWriterOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            output.WriteStartObject();
            output.WriteString("guid", Guid.Empty);
            output.WriteString("schemaType", "AVRO");
            output.WriteString("schema", schema);
            output.WriteEndObject();
        }
        return bytes.WrittenSpan.ToArray();
    }

    private Task TellSchemaAsync(HttpContext context, ReadOnlySpan<char> id)
    {
        if (int.TryParse(id, out int number) && _schemas.TryGetValue(number, out byte[]? schema)) return WriteAsync(context, schema);
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static Task WriteAsync(HttpContext context, ReadOnlyMemory<byte> json)
    {
        context.Response.ContentType = "application/vnd.kafka.v2+json";
        context.Response.ContentLength = json.Length;
        return context.Response.BodyWriter.WriteAsync(json).AsTask();
    }
}
