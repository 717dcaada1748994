using System.Runtime.InteropServices;
using Gateway.Schemas.Protobuf.Model;

namespace Gateway.Schemas.Protobuf.Data;

/// <summary>
/// The way for messages whose fields do not come in order: all occurrences are noted, sorted by field, and written with what Protobuf says
/// about repetition: the last scalar counts, messages are merged, repeated fields are joined, a later member of a oneof ends the earlier.
/// </summary>
internal ref partial struct JsonDecoder
{
    private void Gather(MessagePlan plan, Body body)
    {
        var first = _occurrences.Count;
        // One slot for each oneof, at the bottom: which member is set, and since which occurrence. A type can have thousands.
        _in.Step(plan.OneOfs);
        _occurrences.Reserve(plan.OneOfs);
        var start = first + plan.OneOfs;
        for (var i = 0; i < PiecesOf(body); i++) Note(plan, body, i, first, start);
        _occurrences.From(start).Sort(static (one, other) =>
            one.Field != other.Field ? one.Field.CompareTo(other.Field) : one.Order.CompareTo(other.Order));

        var end = _occurrences.Count;
        var required = 0;
        for (var from = start; from < end;)
        {
            var field = plan.Fields[_occurrences[from].Field];
            var to = from + 1;
            while (to < end && _occurrences[to].Field == field.Index) to++;
            if (field.IsRequired) required++;
            (_in.Message, _in.Field) = (plan, field);
            if (field.OneOf >= 0) from = SkipEnded(_occurrences[first + field.OneOf], field, from, to);
            if (from < to) Write(field, from, to);
            from = to;
        }
        if (required < plan.Required.Length) throw Missing(plan, body);
        _occurrences.CutTo(first);
    }

    private void Note(MessagePlan plan, Body body, int piece, int oneOfs, int start)
    {
        Open(body, piece);
        while (!_in.AtEnd)
        {
            if (NextKnown(plan, out var tag) is not { } field) continue;
            var at = _in.Position;
            _in.Skip(tag);
            var order = _occurrences.Count - start;
            if (field.OneOf >= 0)
            {
                ref var member = ref _occurrences[oneOfs + field.OneOf];
                // Slots start as all zero, so the field is kept one higher.
                if (member.Field != field.Index + 1) member = new Occurrence { Field = field.Index + 1, Order = order };
            }
            _occurrences.Push(new Occurrence { Field = field.Index, Order = order, At = at, End = _in.Position, WireType = tag & 7 });
        }
    }

    /// <summary>Leaves out what another member of the oneof has overwritten.</summary>
    private int SkipEnded(Occurrence member, FieldPlan field, int from, int to)
    {
        if (member.Field != field.Index + 1) return to;
        while (from < to && _occurrences[from].Order < member.Order) from++;
        return from;
    }

    private void Write(FieldPlan field, int from, int to)
    {
        if (field.IsMap)
        {
            var entries = _entries.Count;
            for (var i = from; i < to; i++)
            {
                At(i);
                PushEntry(field);
            }
            WriteEntries(field, entries);
        }
        else if (field.IsRepeated)
        {
            var begun = false;
            for (var i = from; i < to; i++) Elements(field, At(i), ref begun);
            EndElements(begun);
        }
        else if (field.Kind == ProtoKind.Message && to - from > 1)
        {
            var pieces = _pieces.Count;
            for (var i = from; i < to; i++)
            {
                var body = ReadBody(field, At(i));
                _pieces.Push(new Piece(body.Start, body.End));
            }
            _in.Names.Take(field.JsonName.EncodedUtf8Bytes.Length);
            _output.WritePropertyName(field.JsonName);
            Message(field.Message, new Body(0, 0, pieces, to - from));
            _pieces.CutTo(pieces);
        }
        else
        {
            Singular(field, ((uint)field.Number << 3) | At(to - 1));
        }
    }

    /// <summary>Puts the reader at an occurrence's value and gives its wire type.</summary>
    private uint At(int index)
    {
        ref var occurrence = ref _occurrences[index];
        (_in.Position, _in.End) = (occurrence.At, occurrence.End);
        return occurrence.WireType;
    }

    /// <summary>One value of a known field.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Occurrence
    {
        public int Field;
        public int Order;
        public int At;
        public int End;
        public uint WireType;
    }
}
