using System.Text;
using Gateway.HttpProxy.Http;
using Microsoft.Extensions.Primitives;

namespace Gateway.HttpProxy.Streams;

/// <summary>Which records a stream sends: those for which every condition holds.</summary>
internal sealed class RecordFilter
{
    // Each is looked for in every record anew.
    private const int MostConditions = 16;
    private const int MostLetters = 1024;

    private readonly FilterCondition[] _conditions;

    private RecordFilter(FilterCondition[] conditions) => _conditions = conditions;

    /// <summary>Reads the parameter, which stands there once for each condition; null without it.</summary>
    /// <param name="parameters">What stands there.</param>
    /// <param name="isOfEvents">Whether the stream shows CloudEvents, whose members are not the same everywhere.</param>
    /// <exception cref="ProblemException">One is not a condition: 400.</exception>
    internal static RecordFilter? Read(StringValues parameters, bool isOfEvents = false)
    {
        if (parameters.Count == 0) return null;
        if (parameters.Count > MostConditions || parameters.Sum(static text => text!.Length) > MostLetters)
            throw StreamQuery.Refused("filter", $"may stand there {MostConditions} times, with {MostLetters} letters in all");
        return new RecordFilter([.. parameters.Select(text => FilterCondition.Read(text!, isOfEvents))]);
    }

    /// <summary>Whether a record goes to the client.</summary>
    /// <param name="record">The record as the JSON object that the client would get.</param>
    internal bool Matches(ReadOnlySpan<byte> record)
    {
        foreach (FilterCondition condition in _conditions)
            if (!condition.Matches(record)) return false;
        return true;
    }
}
