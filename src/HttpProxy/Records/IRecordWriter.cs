using System.Buffers;
using System.Text.Json;
using Gateway.Common.Buffers;
using Gateway.Common.Records;

namespace Gateway.HttpProxy.Records;

/// <summary>Writes records as JSON objects of some kind.</summary>
internal interface IRecordWriter : IDisposable
{
    /// <summary>Whether what it writes depends on schemas, which have to be loaded before.</summary>
    bool NeedsSchemas { get; }

    /// <summary>What follows has a batch's allowance of work and of JSON.</summary>
    void StartBatch();

    /// <summary>
    /// Writes one record, with the cursor behind it if it has one. What is refused for the time being has used up nothing of the batch's allowance, since it
    /// is written again.
    /// </summary>
    void Write(Utf8JsonWriter json, string topic, int partition, in RecordView record, ReadOnlySpan<byte> cursor = default);

    /// <summary>Gives back what it took beside the page to write a large record.</summary>
    void Release();
}

/// <summary>What all kinds of objects have in common.</summary>
internal static class RecordWriting
{
    // A string up to this size is escaped at once, which takes up to six times as much from a pool that nobody counts.
    private const int TextPiece = 16 * 1024;

    /// <summary>
    /// Writes one record, and a tail, behind what stands in a page already. One whose JSON takes with its tail more memory than there can ever be stands
    /// as too large.
    /// </summary>
    /// <exception cref="MemoryRefusedException">It is not there now. The page is as it was.</exception>
    internal static void WriteOne(
        this IRecordWriter writer, Utf8JsonWriter json, PageBuffer page, string topic, int partition, in RecordView record,
        ReadOnlySpan<byte> cursor = default, ReadOnlySpan<byte> tail = default)
    {
        int start = page.Length;
        try
        {
            WriteWhole(writer, json, page, topic, partition, record, cursor, tail);
        }
        catch (MemoryRefusedException refused)
        {
            page.Truncate(start);
            json.Reset(page);
            if (!refused.IsForGood || record.IsTooLarge) throw;
            writer.Release();
            WriteWhole(writer, json, page, topic, partition, record.AsTooLarge(), cursor, tail);
        }
        finally
        {
            // Whether the next one can be held must not depend on this one.
            writer.Release();
        }
    }

    private static void WriteWhole(
        IRecordWriter writer, Utf8JsonWriter json, PageBuffer page, string topic, int partition, in RecordView record,
        ReadOnlySpan<byte> cursor, ReadOnlySpan<byte> tail)
    {
        json.Reset(page);
        writer.Write(json, topic, partition, record, cursor);
        json.Flush();
        // Nothing would ask for room as well.
        if (!tail.IsEmpty) page.Write(tail);
    }

    /// <summary>Writes a string of any length.</summary>
    internal static void WriteText(this Utf8JsonWriter json, ReadOnlySpan<byte> name, ReadOnlySpan<byte> text)
    {
        if (text.Length <= TextPiece)
        {
            json.WriteString(name, text);
            return;
        }
        json.WritePropertyName(name);
        for (; text.Length > TextPiece; text = text[TextPiece..]) json.WriteStringValueSegment(text[..TextPiece], isFinalSegment: false);
        json.WriteStringValueSegment(text, isFinalSegment: true);
    }
}
