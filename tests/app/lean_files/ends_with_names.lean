namespace A.B
section s.t
theorem a : 1 = 1 := rfl
end s.t
namespace C
theorem b : 1 = 1 := rfl
end C
section
theorem b' : 1 = 1 := rfl
end
end A.B
namespace A namespace B theorem c : 1 = 1 := rfl end B theorem d : 1 = 1 := rfl end A
section theorem e : 1 = 1 := rfl end
namespace A
namespace B.C
theorem f : 1 = 1 := b
end B.C
end A
namespace X
section Y
namespace Z
theorem g : 1 = 1 := rfl
end Z
end Y
end X
theorem «end» : 1 = 1 := rfl
theorem h : 1 = 1 := «end»

-- proved: A.B.a, A.B.C.b, A.B.b', A.B.c, A.d, e, A.B.C.f, X.Z.g, «end», h
