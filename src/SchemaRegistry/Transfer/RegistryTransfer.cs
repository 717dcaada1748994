using System.Buffers;
using System.Text;
using Gateway.SchemaRegistry.Model;
using Gateway.SchemaRegistry.State;
using Gateway.SchemaRegistry.Topic;

namespace Gateway.SchemaRegistry.Transfer;

/// <summary>
/// Carries what a registry knows from one topic to another by way of a file, whichever registry wrote it and whichever is to read it. No registry need
/// run: the topic is read and written as it stands.
/// </summary>
public static class RegistryTransfer
{
    private const int RecordsPerAppend = 500;
    private const int BytesPerAppend = 512 * 1024;
    private const int MaxTold = 5;

    /// <summary>Reads the topic to its present end and writes the fewest records that give the same state, one line of JSON each.</summary>
    /// <exception cref="SchemaTopicException">The topic cannot be read.</exception>
    public static async Task<TransferSummary> ExportAsync(ISchemaTopic topic, ExportProfile profile, Stream output, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(output);
        var image = await ReadAsync(topic, cancel).ConfigureAwait(false);
        var bytes = new ArrayBufferWriter<byte>();
        var records = 0;
        foreach (var record in ExportedRecords.Of(image, profile))
        {
            TransferLine.Write(record, bytes);
            records++;
            if (bytes.WrittenCount < BytesPerAppend) continue;
            await output.WriteAsync(bytes.WrittenMemory, cancel).ConfigureAwait(false);
            bytes.ResetWrittenCount();
        }
        await output.WriteAsync(bytes.WrittenMemory, cancel).ConfigureAwait(false);
        await output.FlushAsync(cancel).ConfigureAwait(false);
        return Summary(image, records, 0, [.. ExportedRecords.LeftOut(image, profile)]);
    }

    /// <summary>
    /// Reads an export, or any registry's records in that form, and writes what they come to behind what the topic holds. Nothing is written when an id
    /// or a version stands for something else there already.
    /// </summary>
    /// <exception cref="TransferException">The input is no export, or it contradicts what is there.</exception>
    /// <exception cref="SchemaTopicException">The topic cannot be read or written.</exception>
    public static async Task<TransferSummary> ImportAsync(ISchemaTopic topic, Stream input, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(topic);
        ArgumentNullException.ThrowIfNull(input);
        var (image, passedOver) = await ReadLinesAsync(input, cancel).ConfigureAwait(false);
        await topic.PrepareAsync(cancel).ConfigureAwait(false);
        Check(image, await ReadAsync(topic, cancel).ConfigureAwait(false));

        var records = 0;
        var batch = new List<TopicWrite>();
        var bytes = 0;
        foreach (var record in ExportedRecords.Of(image, ExportProfile.Confluent82))
        {
            batch.Add(record);
            bytes += record.Key.Length + (record.Value?.Length ?? 0);
            records++;
            if (batch.Count < RecordsPerAppend && bytes < BytesPerAppend) continue;
            await topic.AppendAsync(batch, cancel).ConfigureAwait(false);
            (bytes, batch) = (0, []);
        }
        if (batch.Count > 0) await topic.AppendAsync(batch, cancel).ConfigureAwait(false);
        return Summary(image, records, passedOver, []);
    }

    private static async Task<RegistryImage> ReadAsync(ISchemaTopic topic, CancellationToken cancel)
    {
        var state = new RegistryState();
        var end = await topic.EndOffsetAsync(cancel).ConfigureAwait(false);
        for (long next = 0; next < end;)
        {
            var page = await topic.ReadAsync(next, cancel).ConfigureAwait(false);
            foreach (var record in PreparedRecord.Of(page.Records)) state.Apply(record);
            next = Math.Max(page.NextOffset, next);
        }
        return state.ToImage();
    }

    private static async Task<(RegistryImage Image, int PassedOver)> ReadLinesAsync(Stream input, CancellationToken cancel)
    {
        var state = new RegistryState();
        var passedOver = 0;
        using var lines = new StreamReader(input, new UTF8Encoding(false, throwOnInvalidBytes: true), leaveOpen: true);
        try
        {
            for (var number = 1L; await lines.ReadLineAsync(cancel).ConfigureAwait(false) is { } line; number++)
            {
                if (string.IsNullOrWhiteSpace(line)) continue;
                var record = TransferLine.Read(line, number);
                // Where two wrote the same id at once, the first one counts, as everywhere.
                if (state.Apply(record) is { IdTaken: true } or { Problem: not null }) passedOver++;
            }
        }
        catch (DecoderFallbackException fault)
        {
            throw new TransferException("the input is not UTF-8", fault);
        }
        return (state.ToImage(), passedOver);
    }

    private static void Check(RegistryImage image, RegistryImage there)
    {
        var clashes = new List<string>();
        foreach (var version in image.Subjects.Values.SelectMany(versions => versions))
        {
            if (there.Find(version.Subject, version.Version) is { } other && (other.Id != version.Id || !other.Content.SameAs(version.Content)))
                clashes.Add($"subject '{version.Subject}' has another version {version.Version} there, with id {other.Id}");
        }
        foreach (var (id, entry) in image.Ids)
        {
            if (there.Ids.TryGetValue(id, out var other) && !other.Content.SameAs(entry.Content))
                clashes.Add($"id {id.Id} in context {id.Context} is another schema there");
        }
        if (clashes.Count == 0) return;
        var more = clashes.Count > MaxTold ? $"; and {clashes.Count - MaxTold} more" : "";
        throw new TransferException($"nothing was imported: {string.Join("; ", clashes.Take(MaxTold))}{more}. Import into an empty registry");
    }

    private static TransferSummary Summary(RegistryImage image, int records, int passedOver, IReadOnlyList<string> leftOut) =>
        new(image.Subjects.Count, image.Subjects.Values.Sum(versions => versions.Length), records, passedOver, leftOut);
}

/// <summary>What was carried.</summary>
/// <param name="Subjects">How many subjects.</param>
/// <param name="Versions">How many versions, softly deleted ones included.</param>
/// <param name="Records">How many records were written.</param>
/// <param name="PassedOver">How many lines of the input counted for nothing: such as no registry writes, or second under an id.</param>
/// <param name="LeftOut">What the other registry cannot be told, for people.</param>
public sealed record TransferSummary(int Subjects, int Versions, int Records, int PassedOver, IReadOnlyList<string> LeftOut);

/// <summary>An export that cannot be read, or cannot be brought in.</summary>
public sealed class TransferException : Exception
{
    /// <summary>What is wrong, and where.</summary>
    public TransferException(string message) : base(message) { }

    /// <summary>The same, with what told it.</summary>
    public TransferException(string message, Exception inner) : base(message, inner) { }
}
